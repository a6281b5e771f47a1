package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Run twice by the build: with the module of vectors, and without it. */
final class AccelerationTest {
  private static final int ROUNDS = 6;

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
      int pixels = count / 4 * 4;
      int[] luma = random.ints(count / 4 + random.nextInt(9)).toArray();
      int[] chroma = random.ints(count / 4 + random.nextInt(9)).toArray();
      scalar.nv12ToRgb(luma, chroma, pixels, ToRgb.of(space), one, at);
      vector.nv12ToRgb(luma, chroma, pixels, ToRgb.of(space), other, at);
      assertThat(other).isEqualTo(one);
    }
  }

  /** Memory is cut at random: some rows are converted where they lie, others are not. */
  @ParameterizedTest
  @EnumSource
  @Tag("vectors")
  void vectorsShouldConvertEveryFormatAsOrdinaryCodeDoes(PixelFormat from) {
    PixelConverter scalar = new PixelConverter(Acceleration.SCALAR);
    PixelConverter vector = new PixelConverter(Acceleration.VECTOR);
    for (PixelFormat to : PixelFormat.values()) {
      for (int round = 0; round < ROUNDS; round++) {
        SplittableRandom random = new SplittableRandom(from.ordinal() * 997 + round);
        try (Arena arena = Arena.ofConfined()) {
          int width = 1 + random.nextInt(90);
          int height = 1 + random.nextInt(9);
          ColorSpace space = PixelConverterTest.space(random);
          TestPicture source = TestPicture.random(arena, random, from, width, height, space);
          TestPicture one = TestPicture.random(arena, random, to, width, height, space);
          scalar.convert(source.surface(), one.surface());
          byte[] expected = one.bytes();
          one.clearSamples();
          vector.convert(source.surface(), one.surface());
          one.shouldBe(expected, "vectors from " + source);
        }
      }
    }
  }

  @Test
  @Tag("vectors")
  void rowsThatAreConvertedWhereTheyLieShouldBeCountedOnce() {
    try (Arena arena = Arena.ofConfined()) {
      TransferMeter meter = new TransferMeter();
      FrameLayout nv12 = FrameLayout.of(PixelFormat.NV12, 64, 9, 64);
      FrameLayout xrgb = FrameLayout.of(PixelFormat.XRGB8888, 64, 9, 256);
      FrameView in = new FrameView(List.of(arena.allocate(nv12.size())), meter);
      FrameView out = new FrameView(List.of(arena.allocate(xrgb.size())), meter);
      new PixelConverter(Acceleration.VECTOR)
          .convert(Surface.of(in, nv12), Surface.of(out.converting(), xrgb));
      assertThat(meter.get(Transfer.CONVERTED)).isEqualTo(64 * 9 * 4);
      assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(64 * 9 * 4);
      assertThat(meter.get(Transfer.READ)).isEqualTo(64 * 9 + 64 * 5);
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
