package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A frame like the one before it makes no garbage, whatever the compiler has done so far. */
final class GarbageTest {
  private static final int FRAMES = 5;
  private static final int ROUNDS = 5;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource
  void convertingShouldMakeNone(PixelFormat from) {
    SplittableRandom random = new SplittableRandom(1);
    PixelConverter converter = new PixelConverter(Acceleration.SCALAR);
    try (Arena arena = Arena.ofConfined()) {
      Surface source = TestPicture.random(arena, random, from, 32, 8, ColorSpace.DEFAULT).surface();
      for (PixelFormat to : PixelFormat.values()) {
        Surface destination =
            TestPicture.random(arena, random, to, 32, 8, ColorSpace.DEFAULT).surface();
        Sampling turned = Sampling.whole(source).with(Orientation.QUARTER).with(Filter.BILINEAR);
        Region place = Region.of(destination);
        assertThat(garbage(() -> converter.convert(source, destination))).as("to " + to).isZero();
        assertThat(garbage(() -> converter.convert(source, turned, destination, place)))
            .as("turned, to " + to)
            .isZero();
      }
    }
  }

  @Test
  void composingShouldMakeNone() {
    SplittableRandom random = new SplittableRandom(1);
    Compositor compositor = new Compositor(Acceleration.SCALAR);
    try (Arena arena = Arena.ofConfined()) {
      Layer video =
          Layer.of(
              TestPicture.random(arena, random, PixelFormat.NV12, 32, 8, ColorSpace.DEFAULT)
                  .surface());
      Surface pointer =
          TestPicture.random(arena, random, PixelFormat.ARGB8888, 8, 8, ColorSpace.DEFAULT)
              .surface();
      Layer cursor =
          new Layer(
              pointer,
              Sampling.whole(pointer).with(Filter.BILINEAR),
              new Region(3, -2, 12, 7),
              0x8000,
              BlendMode.COVERAGE);
      List<Layer> layers = List.of(video, cursor);
      List<Layer> alone = List.of(video);
      ScreenChecksum checksum = new ScreenChecksum();
      assertThat(garbage(() -> compositor.compose(layers, 0, 32, 8, checksum))).isZero();
      assertThat(garbage(() -> compositor.compose(alone, 0, 32, 8, checksum))).isZero();
    }
  }

  /**
   * Bytes, the first frame left out: it makes the tables. The least of some rounds: code that is
   * compiled meanwhile, or thrown away, may make objects that are not the program's.
   */
  private long garbage(Runnable frame) {
    frame.run();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long nothing = nothing();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < FRAMES; i++) {
        frame.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before - nothing);
    }
    return least;
  }

  /** What the asking itself costs. */
  private long nothing() {
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
