package org.dmabuf.pixel;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * NV12 that is converted where it lies, in memory that is cut at every place there is: within rows
 * of luma, of chroma and of the destination, between and within pixels, and all at once. Each
 * picture has the same bytes, wherever it is cut, and is compared with {@link Reference}.
 */
@Tag("vectors")
final class SegmentBordersTest {
  /** More columns than any processor has lanes, and some that are left. */
  private static final int WIDTH = 70;

  /** Odd, so that the last row of chroma belongs to one row. */
  private static final int HEIGHT = 5;

  private static final int SEED = 11;

  private final PixelConverter converter = new PixelConverter(Acceleration.VECTOR);
  private final Map<Region, byte[]> expectations = new HashMap<>();
  private final Region whole = new Region(0, 0, WIDTH, HEIGHT);

  @Test
  void theDestinationMayBeCutAtEachByte() {
    for (int cut = 1; cut < size(PixelFormat.XRGB8888); cut++) {
      check(SegmentBordersTest::nowhere, at(cut), whole, "destination cut at " + cut);
    }
  }

  @Test
  void theSourceMayBeCutAtEachByte() {
    for (int cut = 1; cut < size(PixelFormat.NV12); cut++) {
      check(at(cut), SegmentBordersTest::nowhere, whole, "source cut at " + cut);
    }
  }

  @Test
  void bothMayBeCutIntoPiecesOfEachLength() {
    for (int length = 1; length < 2 * WIDTH; length++) {
      int pieces = length;
      check(at -> pieces, at -> pieces, whole, "pieces of " + length);
      check(at -> pieces, at -> 4L * pieces, whole, "pieces of " + length + " and four times it");
    }
  }

  /**
   * From an odd row on, two rows that share no chroma come first; an odd number of them ends so.
   */
  @Test
  void aCropMayBeginAndEndAtAnyRow() {
    for (int top = 0; top < HEIGHT; top++) {
      for (int height = 1; height <= HEIGHT - top; height++) {
        for (int length = 20; length < 8 * WIDTH; length += 7) {
          int pieces = length;
          Region crop = new Region(2, top, WIDTH - 6, height);
          check(at -> pieces, at -> pieces, crop, crop + " in pieces of " + length);
        }
      }
    }
  }

  @Test
  void columnsThatDoNotComeInPairsShouldBeConvertedToo() {
    for (int x = 0; x < 4; x++) {
      for (int width = 1; width < 40; width++) {
        Region crop = new Region(x, 1, width, 3);
        check(at -> 33, at -> 50, crop, crop.toString());
      }
    }
  }

  private void check(LongUnaryOperator source, LongUnaryOperator to, Region crop, String what) {
    try (Arena arena = Arena.ofConfined()) {
      TestPicture from = picture(arena, PixelFormat.NV12, source);
      TestPicture into = picture(arena, PixelFormat.XRGB8888, to);
      byte[] expected = expectations.computeIfAbsent(crop, SegmentBordersTest::expected);
      converter.convert(from.surface(), sampling(from, crop), into.surface(), place(crop));
      into.shouldBe(expected, what);
    }
  }

  /** Wherever the memory is cut. */
  private static byte[] expected(Region crop) {
    try (Arena arena = Arena.ofConfined()) {
      TestPicture from = picture(arena, PixelFormat.NV12, SegmentBordersTest::nowhere);
      TestPicture into = picture(arena, PixelFormat.XRGB8888, SegmentBordersTest::nowhere);
      Sampling sampling = sampling(from, crop);
      return Reference.convert(
          from, ColorSpace.DEFAULT, sampling, into, ColorSpace.DEFAULT, place(crop));
    }
  }

  private static Sampling sampling(TestPicture of, Region crop) {
    return Sampling.whole(of.surface()).with(Crop.of(crop));
  }

  private static Region place(Region crop) {
    return new Region(0, 0, crop.width(), crop.height());
  }

  private static long nowhere(long at) {
    return Long.MAX_VALUE - at;
  }

  private static LongUnaryOperator at(int cut) {
    return at -> at < cut ? cut - at : Long.MAX_VALUE;
  }

  private static int size(PixelFormat format) {
    try (Arena arena = Arena.ofConfined()) {
      return picture(arena, format, SegmentBordersTest::nowhere).size();
    }
  }

  private static TestPicture picture(Arena arena, PixelFormat format, LongUnaryOperator piece) {
    SplittableRandom random = new SplittableRandom(SEED);
    return TestPicture.cut(arena, random, format, WIDTH, HEIGHT, ColorSpace.DEFAULT, piece);
  }
}
