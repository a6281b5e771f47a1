package org.dmabuf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

/** Which arrangements two devices have in common. */
class ModifierSetTest {
  private static final long X_TILED = 0x0100_0000_0000_0001L;
  private static final long Y_TILED = 0x0100_0000_0000_0002L;

  @Test
  @Row("N15")
  void shouldKeepWhatBothHaveInTheOrderOfTheFirst() {
    ModifierSet one = ModifierSet.of(Y_TILED, X_TILED, Modifier.LINEAR);
    ModifierSet other = ModifierSet.of(Modifier.LINEAR, X_TILED);
    assertThat(one.intersect(other)).isEqualTo(ModifierSet.of(X_TILED, Modifier.LINEAR));
    assertThat(one.intersect(other).best()).hasValue(X_TILED);
    assertThat(other.intersect(one).best()).hasValue(Modifier.LINEAR);
  }

  @Test
  @Row("N15")
  void shouldNotTakeAnArrangementThatIsNotKnownForLinear() {
    ModifierSet implicit = ModifierSet.of(Modifier.INVALID);
    assertThat(implicit.hasImplicit()).isTrue();
    assertThat(ModifierSet.of(Modifier.LINEAR).hasImplicit()).isFalse();
    assertThat(implicit.intersect(ModifierSet.of(Modifier.LINEAR)).best())
        .as("nothing in common: a copy")
        .isEmpty();
  }

  @Test
  @Row("N15")
  void shouldRefuseAModifierThatComesTwice() {
    assertErrno(Errno.EINVAL, () -> ModifierSet.of(X_TILED, X_TILED));
    assertThat(ModifierSet.of().best()).isEmpty();
  }
}
