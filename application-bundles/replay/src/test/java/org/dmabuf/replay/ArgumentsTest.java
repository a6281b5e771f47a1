package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {
  private static final Map<String, Integer> BITS = Map.of("R", 1, "W", 2);

  private final Names names = new Names();

  @Test
  void shouldCutNumbersToTheWidthOfTheirField() {
    assertThat(of("len", -1).wide("len")).isEqualTo(-1);
    assertThat(of("len", 1L << 40).wide("len")).isEqualTo(1L << 40);
    assertThat(of("len", new BigInteger("18446744073709551615")).wide("len")).isEqualTo(-1);
    assertThat(of("value", 2147483648L).narrow("value")).isEqualTo(Integer.MIN_VALUE);
    assertThat(of("flags", -1).narrow("flags")).isEqualTo(0xffffffff);
  }

  @Test
  void shouldTakeADescriptorByNameOrAsItIs() {
    names.bind("f0", 3);
    assertThat(of("fd", "f0").descriptor("fd")).isEqualTo(3);
    assertThat(of("fd", 9999).descriptor("fd")).isEqualTo(9999);
    assertThat(of("fd", -1).descriptor("fd")).isEqualTo(-1);
  }

  @Test
  void shouldTakeTheNameOfAClosedDescriptorAsANumberThatIsNotOpenThoughItsNumberIsUsedAgain() {
    names.bind("f0", 3);
    names.closed(3);
    names.bind("f1", 3);
    assertThat(of("fd", "f0").descriptor("fd")).isEqualTo(Names.NOT_OPEN);
    assertThat(of("fd", "f1").descriptor("fd")).isEqualTo(3);
  }

  @Test
  void shouldTakeFlagsAsANumberANameOrNames() {
    assertThat(of("prot", List.of("R", "W")).flags("prot", BITS)).isEqualTo(3);
    assertThat(of("prot", List.of()).flags("prot", BITS)).isZero();
    assertThat(of("prot", "W").flags("prot", BITS)).isEqualTo(2);
    assertThat(of("prot", -1).flags("prot", BITS)).isEqualTo(-1);
  }

  @Test
  void shouldTakeListsOfRows() {
    names.bind("m0", 4);
    List<Arguments> rows =
        of("items", List.of(List.of("m0", 0, 4096), List.of(-1, 8192, 1)))
            .rows("items", "memfd", "off", "size");
    assertThat(rows).extracting(row -> row.descriptor("memfd")).containsExactly(4, -1);
    assertThat(rows).extracting(row -> row.wide("off")).containsExactly(0L, 8192L);
    assertThat(rows).extracting(row -> row.wide("size")).containsExactly(4096L, 1L);
  }

  @Test
  void shouldTakeAHandleOfAnotherDeviceOrOneThatIsGoneAsANumberThatIsNotLive() {
    names.opened(3);
    names.opened(4);
    names.duplicated(3, 5);
    names.bindHandle("o0", 3, 1);
    names.bindHandle("o1", 4, 1);
    assertThat(of("objs", List.of("o0", "o1", 9999)).handles("objs", 3))
        .containsExactly(1, Names.NOT_LIVE, 9999);
    assertThat(of("obj", "o0").handle("obj", 5)).as("the same open file").isEqualTo(1);
    names.destroyed(5, 1);
    assertThat(of("obj", "o0").handle("obj", 3)).isEqualTo(Names.NOT_LIVE);
    assertThat(of("obj", "o1").handle("obj", 4)).isEqualTo(1);
    names.closed(4);
    names.opened(4);
    assertThat(of("obj", "o1").handle("obj", 4)).isEqualTo(Names.NOT_LIVE);
  }

  @Test
  void shouldSayWhenAStepCannotBeCalled() {
    refuses(() -> of("obj", "o9").handle("obj", 3));
    refuses(() -> of("objs", "o9").handles("objs", 3));
    refuses(() -> of("fd", "f9").descriptor("fd"));
    refuses(() -> of("map", "p9").mapping("map"));
    refuses(() -> of("fd", List.of()).descriptor("fd"));
    refuses(() -> of("fd", 1).wide("off"));
    refuses(() -> of("prot", List.of("Z")).flags("prot", BITS));
    refuses(() -> of("prot", true).flags("prot", BITS));
    refuses(() -> of("name", 5).text("name"));
    refuses(() -> of("len", -1).length("len"));
    refuses(() -> of("items", List.of(List.of("m0"))).rows("items", "memfd", "off"));
    refuses(() -> of("items", 1).rows("items", "memfd"));
  }

  private static void refuses(Runnable read) {
    assertThatExceptionOfType(Unreplayable.class).isThrownBy(read::run);
  }

  private Arguments of(String key, Object value) {
    return new Arguments(Map.of(key, value), names);
  }
}
