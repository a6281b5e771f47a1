package org.dmabuf.pixel;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.format.PlaneShape;
import org.dmabuf.memory.FrameView;

/**
 * A picture in memory: of one buffer or of one for each plane. Immutable (the pixels are not); make
 * it once for a framebuffer or a queued buffer, not for each frame.
 *
 * <pre>
 *   plane 0   view A, offset, pitch     Y Y Y Y ..
 *   plane 1   view A or B, ...          U V U V ..
 * </pre>
 *
 * <p>Odd sizes. Where two pixels or two rows share a chroma sample, the last column or row of an
 * odd size has one of its own if there is room, as {@link FrameLayout} makes it. V4L2's layouts
 * have none (an NV12 row of 17 bytes, a YUYV row of 34): such a sample or row is taken from the one
 * before it when the picture is read, and not written.
 *
 * <p>Kernel counterpart: {@code struct drm_framebuffer}, {@code struct v4l2_plane}.
 */
public final class Surface {
  private final PixelFormat format;
  private final int width;
  private final int height;
  private final ColorSpace colorSpace;
  private final SurfacePlane[] planes;

  /** Of each plane: bytes of a row that hold samples, and the rows that there are. */
  private final int[] rowBytes;

  private final int[] rows;

  private Surface(
      PixelFormat format,
      int width,
      int height,
      ColorSpace colorSpace,
      SurfacePlane[] planes,
      int[] rowBytes,
      int[] rows) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.colorSpace = colorSpace;
    this.planes = planes;
    this.rowBytes = rowBytes;
    this.rows = rows;
  }

  /**
   * Returns a picture of one buffer, in {@link ColorSpace#DEFAULT}.
   *
   * @param view the buffer's memory, never null
   * @param layout how it lies there, never null
   * @throws DmaBufException EINVAL when the memory is smaller than the layout
   */
  public static Surface of(FrameView view, FrameLayout layout) {
    List<SurfacePlane> planes =
        layout.planes().stream()
            .map(plane -> new SurfacePlane(view, plane.offset(), plane.pitch()))
            .toList();
    return of(layout.format(), layout.width(), layout.height(), planes);
  }

  /**
   * Returns a picture, in {@link ColorSpace#DEFAULT}.
   *
   * @param format its format, never null
   * @param width in pixels, 1 to 65535
   * @param height in rows, 1 to 65535
   * @param planes one for each of the format's planes, in its order
   * @throws DmaBufException EINVAL for another number of planes, a size out of its range, a pitch
   *     shorter than a row, or memory that ends before the plane does; the sentence has the numbers
   */
  public static Surface of(PixelFormat format, int width, int height, List<SurfacePlane> planes) {
    Objects.requireNonNull(format, "format");
    List<PlaneShape> shapes = format.planeShapes();
    if (planes.size() != shapes.size()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A picture of %s has %d planes; %d were given"
              .formatted(format, shapes.size(), planes.size()));
    }
    Region.check(0, 0, width, height);
    int[] rowBytes = new int[planes.size()];
    int[] rows = new int[planes.size()];
    for (int i = 0; i < rows.length; i++) {
      SurfacePlane plane = planes.get(i);
      PlaneShape shape = shapes.get(i);
      int least = Math.max(1, width / shape.horizontal()) * shape.bytes();
      int most = Math.ceilDiv(width, shape.horizontal()) * shape.bytes();
      rowBytes[i] = Math.min(most, plane.pitch());
      int leastRows = Math.max(1, height / shape.vertical());
      int mostRows = Math.ceilDiv(height, shape.vertical());
      long room = plane.view().size() - plane.offset() - rowBytes[i];
      if (plane.pitch() < least || plane.offset() < 0 || room < (leastRows - 1L) * plane.pitch()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Plane %d of a picture of %s %dx%d (%d rows of %d bytes) does not fit at offset %d with"
                    .formatted(i, format, width, height, leastRows, least, plane.offset())
                + " pitch %d into %d bytes".formatted(plane.pitch(), plane.view().size()));
      }
      rows[i] = (int) Math.min(mostRows, room / plane.pitch() + 1);
    }
    return new Surface(
        format,
        width,
        height,
        ColorSpace.DEFAULT,
        planes.toArray(SurfacePlane[]::new),
        rowBytes,
        rows);
  }

  /**
   * Returns the same picture in another colour space.
   *
   * @param other never null; means nothing for an RGB format
   */
  public Surface with(ColorSpace other) {
    return new Surface(
        format, width, height, Objects.requireNonNull(other, "other"), planes, rowBytes, rows);
  }

  /** Returns the format, never null. */
  public PixelFormat format() {
    return format;
  }

  /** Returns the width in pixels. */
  public int width() {
    return width;
  }

  /** Returns the height in rows. */
  public int height() {
    return height;
  }

  /** Returns what Y'CbCr samples mean, never null. */
  public ColorSpace colorSpace() {
    return colorSpace;
  }

  /** Refuses a crop that reaches beyond the picture with ENOSPC, as KMS does. */
  void check(Crop crop) {
    if (crop.lastColumn() >= width || crop.lastRow() >= height) {
      throw new DmaBufException(
          Errno.ENOSPC, "%s reaches beyond a picture of %dx%d".formatted(crop, width, height));
    }
  }

  /** Refuses memory that is mapped for reading with EACCES. */
  void checkWritable() {
    for (SurfacePlane plane : planes) {
      if (plane.view().isReadOnly()) {
        throw new DmaBufException(
            Errno.EACCES,
            "A picture of %s %dx%d cannot be written: its memory is mapped for reading"
                .formatted(format, width, height));
      }
    }
  }

  /** Refuses a place that reaches beyond the picture, or cuts through shared chroma. */
  void check(Region place) {
    int right = place.x() + place.width();
    int bottom = place.y() + place.height();
    if (place.x() < 0 || place.y() < 0 || right > width || bottom > height) {
      throw new DmaBufException(
          Errno.ENOSPC, "%s reaches beyond a picture of %dx%d".formatted(place, width, height));
    }
    int columns = columnsShared();
    int rowsOfChroma = rowsShared();
    if (place.x() % columns != 0
        || place.y() % rowsOfChroma != 0
        || (right % columns != 0 && right < width)
        || (bottom % rowsOfChroma != 0 && bottom < height)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "%s cuts through chroma that %dx%d pixels of %s share; even places would work"
              .formatted(place, columns, rowsOfChroma, format));
    }
  }

  /** Tells whether the samples are Y'CbCr. */
  boolean isYuv() {
    return !format.isRgb();
  }

  /** Tells whether the samples of both mean the same colours, so that no matrix is needed. */
  boolean isLike(Surface other) {
    return isYuv() == other.isYuv() && (!isYuv() || colorSpace.equals(other.colorSpace));
  }

  /** Tells whether a colour has 16 bits. */
  boolean isWide() {
    return format == PixelFormat.XRGB16161616 || format == PixelFormat.ARGB16161616;
  }

  /** Tells whether a pixel has an alpha of its own. */
  boolean hasAlpha() {
    return format == PixelFormat.ARGB8888 || format == PixelFormat.ARGB16161616;
  }

  /** Returns how many columns share a chroma sample: 1 or 2. */
  int columnsShared() {
    return switch (format) {
      case NV12, YUV420, YUV422, YUYV, UYVY -> 2;
      default -> 1;
    };
  }

  /** Returns how many rows share a chroma sample: 1 or 2. */
  int rowsShared() {
    return format == PixelFormat.NV12 || format == PixelFormat.YUV420 ? 2 : 1;
  }

  /** Returns the bytes of a plane's row that hold samples. */
  int rowBytes(int plane) {
    return rowBytes[plane];
  }

  /** Returns how many planes there are. */
  int planes() {
    return planes.length;
  }

  /** Returns where a plane lies. */
  SurfacePlane plane(int plane) {
    return planes[plane];
  }

  /** Returns how many rows of a plane there are: the last of chroma can be missing. */
  int rows(int plane) {
    return rows[plane];
  }

  /**
   * Reads bytes of a row, of the row above when it is missing at the end of an odd height.
   *
   * @param from the first byte of the row
   * @param length how many
   */
  void read(int plane, int row, int from, byte[] to, int length) {
    int there = Math.min(row, rows[plane] - 1);
    planes[plane].view().read(place(plane, there, from), to, 0, length);
  }

  /** Reads samples of one byte, four in each integer; otherwise as above. */
  void read(int plane, int row, int from, int[] to, int words) {
    int there = Math.min(row, rows[plane] - 1);
    planes[plane].view().read(place(plane, there, from), to, 0, words);
  }

  /** Reads pixels of four bytes from the only plane. */
  void read(int row, int x, int[] to, int at, int count) {
    planes[0].view().read(place(0, row, x * Integer.BYTES), to, at, count);
  }

  /** Reads pixels of eight bytes from the only plane. */
  void read(int row, int x, long[] to, int at, int count) {
    planes[0].view().read(place(0, row, x * Long.BYTES), to, at, count);
  }

  /** Writes bytes of a row, unless the row is missing at the end of an odd height. */
  void write(int plane, int row, int from, byte[] bytes, int length) {
    if (row < rows[plane]) {
      planes[plane].view().write(place(plane, row, from), bytes, 0, length);
    }
  }

  /** Writes pixels of four bytes to the only plane. */
  void write(int row, int x, int[] pixels, int at, int count) {
    planes[0].view().write(place(0, row, x * Integer.BYTES), pixels, at, count);
  }

  /** Writes pixels of eight bytes to the only plane. */
  void write(int row, int x, long[] pixels, int at, int count) {
    planes[0].view().write(place(0, row, x * Long.BYTES), pixels, at, count);
  }

  private long place(int plane, int row, int from) {
    return planes[plane].offset() + (long) row * planes[plane].pitch() + from;
  }
}
