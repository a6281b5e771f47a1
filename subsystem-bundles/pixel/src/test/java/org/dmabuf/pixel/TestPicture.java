package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.format.PlaneShape;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;

/**
 * A picture in memory that is cut up anywhere, with padding, and its samples one by one. Written
 * apart from the product: it knows the formats by their tables only.
 */
final class TestPicture {
  private static final int GUARD = 13;

  final PixelFormat format;
  final int width;
  final int height;
  final int[] offsets;
  final int[] pitches;
  private final MemorySegment memory;
  private final Surface surface;

  private TestPicture(
      Arena arena,
      RandomGenerator random,
      PixelFormat format,
      int width,
      int height,
      int[] pitches,
      LongUnaryOperator piece,
      ColorSpace space) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.pitches = pitches;
    this.offsets = new int[pitches.length];
    int size = GUARD;
    for (int i = 0; i < pitches.length; i++) {
      offsets[i] = size;
      size += pitches[i] * rows(i) + random.nextInt(9);
    }
    this.memory = arena.allocate(size + GUARD);
    List<SurfacePlane> planes = new ArrayList<>();
    FrameView view = new FrameView(pieces(piece), new TransferMeter());
    for (int i = 0; i < pitches.length; i++) {
      planes.add(new SurfacePlane(view, offsets[i], pitches[i]));
    }
    this.surface = Surface.of(format, width, height, planes).with(space);
    for (int i = 0; i < memory.byteSize(); i++) {
      memory.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
  }

  /** With random bytes, rows of random padding, and cut at random places. */
  static TestPicture random(
      Arena arena,
      RandomGenerator random,
      PixelFormat format,
      int width,
      int height,
      ColorSpace space) {
    return cut(arena, random, format, width, height, space, at -> 1 + random.nextInt(300));
  }

  /**
   * With random bytes, and rows of random padding.
   *
   * @param piece how long the piece of memory is that begins at a place, at most
   */
  static TestPicture cut(
      Arena arena,
      RandomGenerator random,
      PixelFormat format,
      int width,
      int height,
      ColorSpace space,
      LongUnaryOperator piece) {
    List<PlaneShape> shapes = format.planeShapes();
    int[] pitches = new int[shapes.size()];
    for (int i = 0; i < pitches.length; i++) {
      pitches[i] = samples(shapes.get(i), width) * shapes.get(i).bytes() + random.nextInt(7);
    }
    return new TestPicture(arena, random, format, width, height, pitches, piece, space);
  }

  private static int samples(PlaneShape shape, int width) {
    return (width + shape.horizontal() - 1) / shape.horizontal();
  }

  private int rows(int plane) {
    int vertical = format.planeShapes().get(plane).vertical();
    return (height + vertical - 1) / vertical;
  }

  /** Cuts the memory, so that pixels lie across two pieces. */
  private List<MemorySegment> pieces(LongUnaryOperator piece) {
    List<MemorySegment> pieces = new ArrayList<>();
    long at = 0;
    while (at < memory.byteSize()) {
      long length = Math.min(memory.byteSize() - at, piece.applyAsLong(at));
      pieces.add(memory.asSlice(at, length));
      at += length;
    }
    return pieces;
  }

  Surface surface() {
    return surface;
  }

  /** Returns the bytes of its memory, what lies around the planes included. */
  int size() {
    return (int) memory.byteSize();
  }

  byte[] bytes() {
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  /** Makes every sample 0 and leaves what is around them. */
  void clearSamples() {
    for (int plane = 0; plane < pitches.length; plane++) {
      PlaneShape shape = format.planeShapes().get(plane);
      for (int y = 0; y < rows(plane); y++) {
        memory
            .asSlice(at(plane, y, 0), (long) samples(shape, width) * shape.bytes())
            .fill((byte) 0);
      }
    }
  }

  int get(int plane, int row, int index) {
    return memory.get(ValueLayout.JAVA_BYTE, at(plane, row, index)) & 0xff;
  }

  int at(int plane, int row, int index) {
    return offsets[plane] + row * pitches[plane] + index;
  }

  /** The samples of a pixel: alpha and three colours, of 16 bits if the format has them. */
  int[] samples(int x, int y) {
    int odd = width / 2 * 2 - 2;
    int pair = width < 2 ? -1 : Math.min(x / 2 * 2, odd);
    return switch (format) {
      case NV12 -> yuv(get(0, y, x), get(1, y / 2, x / 2 * 2), get(1, y / 2, x / 2 * 2 + 1));
      case YUV420 -> yuv(get(0, y, x), get(1, y / 2, x / 2), get(2, y / 2, x / 2));
      case YUV422 -> yuv(get(0, y, x), get(1, y, x / 2), get(2, y, x / 2));
      case YUV444 -> yuv(get(0, y, x), get(1, y, x), get(2, y, x));
      case YUYV ->
          pair < 0
              ? yuv(get(0, y, 0), 128, 128)
              : yuv(get(0, y, 2 * x), get(0, y, 2 * pair + 1), get(0, y, 2 * pair + 3));
      case UYVY ->
          pair < 0
              ? yuv(get(0, y, 1), 128, 128)
              : yuv(get(0, y, 2 * x + 1), get(0, y, 2 * pair), get(0, y, 2 * pair + 2));
      case GREY -> yuv(get(0, y, x), 128, 128);
      case RGB24 -> yuv(get(0, y, 3 * x), get(0, y, 3 * x + 1), get(0, y, 3 * x + 2));
      case XRGB8888 -> yuv(get(0, y, 4 * x + 2), get(0, y, 4 * x + 1), get(0, y, 4 * x));
      case ARGB8888 ->
          new int[] {
            get(0, y, 4 * x + 3), get(0, y, 4 * x + 2), get(0, y, 4 * x + 1), get(0, y, 4 * x)
          };
      case RGB565 -> {
        int word = get(0, y, 2 * x) + 256 * get(0, y, 2 * x + 1);
        int red = word / 2048;
        int green = word / 32 % 64;
        int blue = word % 32;
        yield yuv(red * 8 + red / 4, green * 4 + green / 16, blue * 8 + blue / 4);
      }
      case XRGB16161616 -> new int[] {65_535, wide(x, y, 2), wide(x, y, 1), wide(x, y, 0)};
      case ARGB16161616 -> new int[] {wide(x, y, 3), wide(x, y, 2), wide(x, y, 1), wide(x, y, 0)};
    };
  }

  private int wide(int x, int y, int part) {
    return get(0, y, 8 * x + 2 * part) + 256 * get(0, y, 8 * x + 2 * part + 1);
  }

  private static int[] yuv(int first, int second, int third) {
    return new int[] {255, first, second, third};
  }

  /** Compares all bytes, the padding and what lies around included. */
  void shouldBe(byte[] expected, String what) {
    int wrong = Arrays.mismatch(bytes(), expected);
    assertThat(wrong < 0 ? (byte) 0 : bytes()[wrong])
        .as("%s to %s: byte %d", what, this, wrong)
        .isEqualTo(wrong < 0 ? (byte) 0 : expected[wrong]);
  }

  @Override
  public String toString() {
    return "%s %dx%d %s".formatted(format, width, height, Arrays.toString(pitches));
  }
}
