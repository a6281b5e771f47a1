package org.dmabuf.video.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.format.FrameLayout;

/**
 * What frames look like and where their planes lie, by V4L2's arithmetic.
 *
 * <pre>
 *   bytesperline   width * bytes of a sample of the first plane, or more
 *   other planes   bytesperline in proportion to their samples
 *   size           of each plane bytesperline * height / vertical, cut; summed up in one buffer
 * </pre>
 *
 * <p>A program can have frames laid out as the framework does instead, see {@link #aligned}; then
 * every plane has a pitch of its own. Immutable. Where a height is odd, V4L2 leaves no room for the
 * last row of chroma. Kernel counterpart: {@code struct v4l2_pix_format}, {@code struct
 * v4l2_pix_format_mplane}.
 */
public final class FrameFormat {
  /**
   * One plane of samples.
   *
   * @param buffer which plane of memory it lies in
   * @param offset where in it, in bytes
   * @param pitch from row to row, in bytes
   * @param rowBytes bytes of a row that hold samples, at most {@code pitch}
   * @param rows rows that there is room for
   */
  public record Part(int buffer, long offset, int pitch, int rowBytes, int rows) {}

  private final VideoPixels pixels;
  private final int width;
  private final int height;
  private final List<Part> parts;
  private final long[] sizes;
  private final int[] pitches;
  private final Optional<FrameLayout> layout;

  private FrameFormat(VideoPixels pixels, int width, int height, int bytesPerLine) {
    this.pixels = pixels;
    this.width = width;
    this.height = height;
    this.sizes = new long[pixels.buffers()];
    this.pitches = new int[pixels.buffers()];
    List<Part> made = new ArrayList<>();
    VideoPixels.Plane first = pixels.planes().getFirst();
    for (int i = 0; i < pixels.planes().size(); i++) {
      VideoPixels.Plane plane = pixels.planes().get(i);
      int buffer = pixels.buffers() == 1 ? 0 : i;
      int pitch = bytesPerLine * plane.bytes() / (first.bytes() * plane.horizontal());
      long bytes =
          (long) bytesPerLine
              * plane.bytes()
              * height
              / ((long) first.bytes() * plane.horizontal() * plane.vertical());
      int rowBytes = Math.min(pitch, Math.ceilDiv(width, plane.horizontal()) * plane.bytes());
      int room = pitch == 0 ? 0 : (int) (bytes / pitch);
      made.add(
          new Part(
              buffer,
              sizes[buffer],
              pitch,
              rowBytes,
              Math.min(room, Math.ceilDiv(height, plane.vertical()))));
      sizes[buffer] += bytes;
      pitches[buffer] = pitches[buffer] == 0 ? pitch : pitches[buffer];
    }
    this.parts = List.copyOf(made);
    this.layout = Optional.empty();
  }

  private FrameFormat(VideoPixels pixels, FrameLayout layout) {
    this.pixels = pixels;
    this.width = layout.width();
    this.height = layout.height();
    this.parts =
        layout.planes().stream()
            .map(each -> new Part(0, each.offset(), each.pitch(), each.rowBytes(), each.rows()))
            .toList();
    this.sizes = new long[] {layout.size()};
    this.pitches = new int[] {layout.planes().getFirst().pitch()};
    this.layout = Optional.of(layout);
  }

  /**
   * Lays a frame out.
   *
   * @param width pixels, 1 or more
   * @param height rows, 1 or more
   * @param bytesPerLine of the first plane; fewer than its samples take become these
   */
  public static FrameFormat of(VideoPixels pixels, int width, int height, int bytesPerLine) {
    int least = width * pixels.planes().getFirst().bytes();
    return new FrameFormat(pixels, width, height, Math.max(least, bytesPerLine));
  }

  /**
   * Lays a frame out as the framework does, with room for all of its chroma, in one buffer.
   *
   * @param bytesPerLine of the first plane, at least so many where an alignment makes that
   * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two
   * @throws DmaBufException EINVAL for another alignment
   */
  public static FrameFormat aligned(
      VideoPixels pixels, int width, int height, int bytesPerLine, int pitchAlign) {
    FrameLayout layout = FrameLayout.of(pixels.format(), width, height, pitchAlign);
    int align = pitchAlign;
    while (layout.planes().getFirst().pitch() < bytesPerLine
        && align < FrameLayout.MAX_PITCH_ALIGN) {
      align *= 2;
      layout = FrameLayout.of(pixels.format(), width, height, align);
    }
    return new FrameFormat(pixels, layout);
  }

  /** Returns how the framework lays it out; empty when it is V4L2's arithmetic; never null. */
  public Optional<FrameLayout> layout() {
    return layout;
  }

  /** Returns the pixel format, never null. */
  public VideoPixels pixels() {
    return pixels;
  }

  /** Returns the width in pixels. */
  public int width() {
    return width;
  }

  /** Returns the height in pixels. */
  public int height() {
    return height;
  }

  /** Returns where each plane of samples lies, never null. */
  public List<Part> parts() {
    return parts;
  }

  /** Returns the bytes of each plane of memory, never null. */
  public long[] sizes() {
    return sizes.clone();
  }

  /** Returns {@code sizeimage} of a plane of memory. */
  public long size(int buffer) {
    return sizes[buffer];
  }

  /** Returns {@code bytesperline} of a plane of memory. */
  public int bytesPerLine(int buffer) {
    return pitches[buffer];
  }

  /**
   * Returns what a program asks for to have it.
   *
   * @param align what pitches are multiples of, as it was made
   */
  ContextState.Format asked(int align) {
    return new ContextState.Format(pixels.fourcc(), width, height, pitches[0], align);
  }

  /** Returns how many planes of memory a frame has. */
  public int buffers() {
    return sizes.length;
  }

  @Override
  public String toString() {
    return pixels + " " + width + "x" + height;
  }
}
