package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Run twice by the build: with the module of vectors, and without it. */
final class AccelerationTest {
  @Test
  @Tag("vectors")
  void vectorsShouldGiveTheSameBitsAsOrdinaryCode() {
    assertThat(Acceleration.VECTOR.isAvailable()).isTrue();
    RowMath scalar = Accelerations.math(Acceleration.SCALAR);
    RowMath vector = Accelerations.math(Acceleration.VECTOR);
    assertThat(vector.getClass()).isNotEqualTo(scalar.getClass());
    SplittableRandom random = new SplittableRandom(1);
    for (int count = 0; count < 300; count++) {
      int at = random.nextInt(5);
      ColorSpace space = PixelConverterTest.space(random);
      int[] row = random.ints(at + count + 3).toArray();
      int[] one = row.clone();
      int[] other = row.clone();
      scalar.toRgb(one, at, count, ToRgb.of(space));
      vector.toRgb(other, at, count, ToRgb.of(space));
      assertThat(other).isEqualTo(one);
      scalar.fromRgb(one, at, count, FromRgb.of(space));
      vector.fromRgb(other, at, count, FromRgb.of(space));
      assertThat(other).isEqualTo(one);
      byte[] luma = new byte[count + random.nextInt(9)];
      byte[] chroma = new byte[(count + 1 & ~1) + random.nextInt(9)];
      random.nextBytes(luma);
      random.nextBytes(chroma);
      scalar.nv12ToRgb(luma, chroma, count, ToRgb.of(space), one, at);
      vector.nv12ToRgb(luma, chroma, count, ToRgb.of(space), other, at);
      assertThat(other).isEqualTo(one);
    }
  }

  @Test
  @Tag("vectors")
  void aConverterShouldSayByWhatItCalculates() {
    assertThat(new PixelConverter(Acceleration.VECTOR).acceleration())
        .isSameAs(Acceleration.VECTOR);
    assertThat(new PixelConverter(Acceleration.SCALAR).acceleration())
        .isSameAs(Acceleration.SCALAR);
  }

  @Test
  @Tag("no-vectors")
  void withoutTheModuleVectorsShouldBeRefusedAndTheRestWork() {
    assertThat(Acceleration.VECTOR.isAvailable()).isFalse();
    assertThatThrownBy(() -> new PixelConverter(Acceleration.VECTOR))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP))
        .hasMessageContaining("jdk.incubator.vector");
    assertThat(Acceleration.chosen()).isSameAs(Acceleration.SCALAR);
    assertThat(new PixelConverter().acceleration()).isSameAs(Acceleration.SCALAR);
  }

  @Test
  void theSwitchShouldBeOffUnlessItIsGiven() {
    assertThat(Acceleration.chosen())
        .isSameAs(
            Boolean.getBoolean(Accelerations.SWITCH) && Acceleration.VECTOR.isAvailable()
                ? Acceleration.VECTOR
                : Acceleration.SCALAR);
  }
}
