package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every byte of the destination, what must not change included, against {@link Reference}. */
final class PixelConverterTest {
  private static final int ROUNDS = 4;

  private final PixelConverter converter = new PixelConverter(Acceleration.SCALAR);

  @ParameterizedTest
  @EnumSource
  void everyFormatShouldBecomeEveryOtherExactly(PixelFormat from) {
    for (PixelFormat to : PixelFormat.values()) {
      for (int round = 0; round < ROUNDS; round++) {
        RandomGenerator random =
            new SplittableRandom(from.ordinal() * 10_000 + to.ordinal() * 100 + round);
        try (Arena arena = Arena.ofConfined()) {
          int width = 1 + random.nextInt(40);
          int height = 1 + random.nextInt(12);
          TestPicture source =
              TestPicture.random(arena, random, from, width, height, space(random));
          TestPicture destination =
              TestPicture.random(arena, random, to, width, height, space(random));
          Sampling whole = Sampling.whole(source.surface());
          Region place = Region.of(destination.surface());
          check(source, whole, destination, place);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void partsShouldBeScaledMirroredAndTurnedExactly(PixelFormat from) {
    for (PixelFormat to : PixelFormat.values()) {
      for (int round = 0; round < ROUNDS; round++) {
        RandomGenerator random =
            new SplittableRandom(from.ordinal() * 7_001 + to.ordinal() * 71 + round);
        try (Arena arena = Arena.ofConfined()) {
          TestPicture source =
              TestPicture.random(arena, random, from, side(random), side(random), space(random));
          TestPicture destination =
              TestPicture.random(arena, random, to, side(random), side(random), space(random));
          check(source, sampling(random, source), destination, place(random, destination));
        }
      }
    }
  }

  /** Whole pixels, the same size: for all ways to lie, where most mistakes of indexes are. */
  @ParameterizedTest
  @EnumSource
  void everyOrientationShouldOnlyMovePixels(Orientation orientation) {
    for (Filter filter : Filter.values()) {
      RandomGenerator random = new SplittableRandom(orientation.ordinal());
      try (Arena arena = Arena.ofConfined()) {
        TestPicture source =
            TestPicture.random(arena, random, PixelFormat.XRGB8888, 7, 5, ColorSpace.DEFAULT);
        boolean swaps = orientation.swapsSides();
        TestPicture destination =
            TestPicture.random(
                arena,
                random,
                PixelFormat.XRGB8888,
                swaps ? 5 : 7,
                swaps ? 7 : 5,
                ColorSpace.DEFAULT);
        Sampling sampling = Sampling.whole(source.surface()).with(orientation).with(filter);
        check(source, sampling, destination, Region.of(destination.surface()));
      }
    }
  }

  private void check(TestPicture source, Sampling sampling, TestPicture destination, Region place) {
    byte[] expected =
        Reference.convert(
            source,
            source.surface().colorSpace(),
            sampling,
            destination,
            destination.surface().colorSpace(),
            place);
    converter.convert(source.surface(), sampling, destination.surface(), place);
    destination.shouldBe(expected, source + " by " + sampling + " at " + place);
  }

  static ColorSpace space(RandomGenerator random) {
    ColorEncoding[] encodings = ColorEncoding.values();
    ColorRange[] ranges = ColorRange.values();
    return new ColorSpace(
        encodings[random.nextInt(encodings.length)], ranges[random.nextInt(ranges.length)]);
  }

  private static int side(RandomGenerator random) {
    return 1 + random.nextInt(14);
  }

  static Sampling sampling(RandomGenerator random, TestPicture of) {
    long limitX = of.width * Crop.PIXEL;
    long limitY = of.height * Crop.PIXEL;
    long grain = random.nextBoolean() ? Crop.PIXEL : 1 + random.nextInt(40_000);
    long x = random.nextLong(limitX) / grain * grain;
    long y = random.nextLong(limitY) / grain * grain;
    Crop crop =
        random.nextInt(3) == 0
            ? Crop.of(of.surface())
            : new Crop(
                x,
                y,
                Math.max(1, random.nextLong(limitX - x + 1) / grain * grain),
                Math.max(1, random.nextLong(limitY - y + 1) / grain * grain));
    Orientation[] orientations = Orientation.values();
    return new Sampling(
        crop,
        orientations[random.nextInt(orientations.length)],
        random.nextBoolean() ? Filter.NEAREST : Filter.BILINEAR);
  }

  /** A place that does not cut through shared chroma. */
  private static Region place(RandomGenerator random, TestPicture in) {
    int x = random.nextInt(in.width) & ~1;
    int y = random.nextInt(in.height) & ~1;
    int width = 1 + random.nextInt(in.width - x);
    int height = 1 + random.nextInt(in.height - y);
    return new Region(
        x,
        y,
        width % 2 == 0 || x + width == in.width ? width : width + 1,
        height % 2 == 0 || y + height == in.height ? height : height + 1);
  }

  @Test
  void yuvShouldKeepItsSamplesWhenOnlyTheirArrangementChanges() {
    RandomGenerator random = new SplittableRandom(1);
    try (Arena arena = Arena.ofConfined()) {
      TestPicture nv12 =
          TestPicture.random(arena, random, PixelFormat.NV12, 33, 9, ColorSpace.DEFAULT);
      TestPicture yuv =
          TestPicture.random(arena, random, PixelFormat.YUV420, 33, 9, ColorSpace.DEFAULT);
      TestPicture back =
          TestPicture.random(arena, random, PixelFormat.NV12, 33, 9, ColorSpace.DEFAULT);
      converter.convert(nv12.surface(), yuv.surface());
      converter.convert(yuv.surface(), back.surface());
      for (int y = 0; y < 9; y++) {
        for (int x = 0; x < 33; x++) {
          assertThat(back.samples(x, y)).isEqualTo(nv12.samples(x, y));
        }
      }
    }
  }

  @Test
  void whatIsReadAndWrittenShouldBeCounted() {
    try (Arena arena = Arena.ofConfined()) {
      TransferMeter meter = new TransferMeter();
      FrameLayout nv12 = FrameLayout.of(PixelFormat.NV12, 16, 8, 64);
      FrameLayout xrgb = FrameLayout.of(PixelFormat.XRGB8888, 16, 8, 256);
      FrameView in = new FrameView(List.of(arena.allocate(nv12.size())), meter);
      FrameView out = new FrameView(List.of(arena.allocate(xrgb.size())), meter);
      converter.convert(Surface.of(in, nv12), Surface.of(out.converting(), xrgb));
      assertThat(meter.get(Transfer.CONVERTED)).isEqualTo(16 * 8 * 4);
      assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(16 * 8 * 4);
      assertThat(meter.get(Transfer.READ)).isEqualTo(16 * 8 + 16 * 4);
      assertThat(meter.get(Transfer.COPIED)).isZero();
    }
  }

  static Stream<Region> wrongPlaces() {
    return Stream.of(
        new Region(1, 0, 4, 4),
        new Region(0, 1, 4, 4),
        new Region(0, 0, 3, 4),
        new Region(0, 0, 4, 3),
        new Region(-2, 0, 4, 4),
        new Region(0, -2, 4, 4),
        new Region(4, 0, 6, 4),
        new Region(0, 4, 4, 6));
  }

  @Test
  void placesThatCutOrExceedShouldBeRefusedAndNothingWritten() {
    RandomGenerator random = new SplittableRandom(3);
    try (Arena arena = Arena.ofConfined()) {
      TestPicture source =
          TestPicture.random(arena, random, PixelFormat.GREY, 20, 20, ColorSpace.DEFAULT);
      TestPicture destination =
          TestPicture.random(arena, random, PixelFormat.NV12, 9, 9, ColorSpace.DEFAULT);
      byte[] before = destination.bytes();
      wrongPlaces()
          .forEach(
              place -> {
                boolean beyond = place.x() < 0 || place.y() < 0 || place.x() > 3 || place.y() > 3;
                assertThatThrownBy(
                        () ->
                            converter.convert(
                                source.surface(),
                                Sampling.whole(source.surface()),
                                destination.surface(),
                                place))
                    .isInstanceOfSatisfying(
                        DmaBufException.class,
                        e -> assertThat(e.errno()).isEqualTo(beyond ? Errno.ENOSPC : Errno.EINVAL));
              });
      Crop tooWide = new Crop(0, 0, 20 * Crop.PIXEL + 1, Crop.PIXEL);
      Sampling wrong = Sampling.whole(source.surface()).with(tooWide);
      assertThatThrownBy(
              () ->
                  converter.convert(
                      source.surface(), wrong, destination.surface(), new Region(0, 0, 4, 4)))
          .isInstanceOfSatisfying(
              DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
      assertThat(destination.bytes()).isEqualTo(before);
    }
  }

  @Test
  void memoryThatCannotBeWrittenShouldBeRefusedBeforeAnyIsWritten() {
    byte[] luma = new byte[16 * 16];
    MemorySegment chroma = MemorySegment.ofArray(new byte[16 * 8]).asReadOnly();
    TransferMeter meter = new TransferMeter();
    Surface mixed =
        Surface.of(
            PixelFormat.NV12,
            16,
            16,
            List.of(
                new SurfacePlane(new FrameView(List.of(MemorySegment.ofArray(luma)), meter), 0, 16),
                new SurfacePlane(new FrameView(List.of(chroma), meter), 0, 16)));
    byte[] white = new byte[16 * 16];
    java.util.Arrays.fill(white, (byte) 235);
    Surface grey =
        Surface.of(
            new FrameView(List.of(MemorySegment.ofArray(white)), meter),
            FrameLayout.of(PixelFormat.GREY, 16, 16, 1));
    assertThatThrownBy(() -> converter.convert(grey, mixed))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    assertThat(luma).containsOnly(0);
  }
}
