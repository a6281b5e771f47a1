package org.dmabuf.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Where the planes of a frame lie in a buffer.
 *
 * <pre>
 *   offset 0        +--------- pitch ----------+
 *   plane 0         |  rowBytes         | pad  |  rows
 *                   +-------------------+------+
 *   plane 1 offset  |  rowBytes  | pad |          each plane has a pitch of its own,
 *                   +------------+-----+          a multiple of the alignment
 *   size()
 * </pre>
 *
 * <p>Where a plane has fewer samples than pixels, their number is rounded up: the chroma of a width
 * of 17 is 9 wide. Immutable; safe for all threads.
 *
 * <p>Kernel counterpart: {@code drm_format_info_min_pitch()}, {@code v4l2_fill_pixfmt()}.
 */
public final class FrameLayout {
  /** The greatest width and height, in pixels. */
  public static final int MAX_SIDE = 16_384;

  /** The greatest alignment of a pitch, in bytes. */
  public static final int MAX_PITCH_ALIGN = 65_536;

  /**
   * One plane.
   *
   * @param offset where it begins in the buffer, in bytes
   * @param pitch from the begin of one row to that of the next, in bytes
   * @param rowBytes bytes of a row that hold samples, at most {@code pitch}
   * @param rows number of rows
   */
  public record Plane(long offset, int pitch, int rowBytes, int rows) {
    /** Returns the bytes from the begin of this plane to its end, the padding included. */
    public long size() {
      return (long) pitch * rows;
    }
  }

  private final PixelFormat format;
  private final int width;
  private final int height;
  private final List<Plane> planes;
  private final long size;

  private FrameLayout(PixelFormat format, int width, int height, List<Plane> planes, long size) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.planes = planes;
    this.size = size;
  }

  /**
   * Lays a frame out.
   *
   * @param format its format, never null
   * @param width in pixels, 1 to {@link #MAX_SIDE}
   * @param height in pixels, 1 to {@link #MAX_SIDE}
   * @param pitchAlign what every pitch has to be a multiple of, in bytes: a power of two from 1
   *     (dense) to {@link #MAX_PITCH_ALIGN}
   * @return the layout, never null
   * @throws DmaBufException EINVAL when one of the numbers is out of its range
   */
  public static FrameLayout of(PixelFormat format, int width, int height, int pitchAlign) {
    Objects.requireNonNull(format, "format");
    if (width < 1 || width > MAX_SIDE || height < 1 || height > MAX_SIDE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A frame of %dx%d cannot be laid out; width and height go from 1 to %d"
              .formatted(width, height, MAX_SIDE));
    }
    if (pitchAlign < 1 || pitchAlign > MAX_PITCH_ALIGN || Integer.bitCount(pitchAlign) != 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A pitch cannot be aligned to %d bytes; powers of two from 1 to %d are possible"
              .formatted(pitchAlign, MAX_PITCH_ALIGN));
    }
    // The limits above keep every pitch under 2^17 and the whole under 2^32.
    List<Plane> planes = new ArrayList<>();
    long offset = 0;
    for (PlaneShape shape : format.planeShapes()) {
      int rowBytes = Math.ceilDiv(width, shape.horizontal()) * shape.bytes();
      int pitch = Math.ceilDiv(rowBytes, pitchAlign) * pitchAlign;
      Plane plane = new Plane(offset, pitch, rowBytes, Math.ceilDiv(height, shape.vertical()));
      planes.add(plane);
      offset = Math.addExact(offset, plane.size());
    }
    return new FrameLayout(format, width, height, List.copyOf(planes), offset);
  }

  /** Returns the format, never null. */
  public PixelFormat format() {
    return format;
  }

  /** Returns the width in pixels. */
  public int width() {
    return width;
  }

  /** Returns the height in pixels. */
  public int height() {
    return height;
  }

  /** Returns the planes in the order in which they lie in memory; never null or empty. */
  public List<Plane> planes() {
    return planes;
  }

  /** Returns the bytes of the whole frame, padding included. */
  public long size() {
    return size;
  }

  /** Tells whether no row of any plane is padded, so that the frame is one run of samples. */
  public boolean isDense() {
    for (Plane plane : planes) {
      if (plane.pitch() != plane.rowBytes()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FrameLayout that
        && format == that.format
        && width == that.width
        && height == that.height
        && planes.equals(that.planes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(format, width, height, planes);
  }

  @Override
  public String toString() {
    return "%s %dx%d, %d bytes, pitches %s"
        .formatted(format, width, height, size, planes.stream().map(Plane::pitch).toList());
  }
}
