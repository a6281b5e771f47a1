package org.dmabuf.format;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The pixel formats, with their codes in V4L2 and in DRM in one table: the two worlds name the same
 * bytes in memory differently.
 *
 * <pre>
 *   NV12      Y Y Y Y ...   U V U V ...              one pair of U, V for 2x2 pixels
 *   YUV420    Y Y Y Y ...   U U ...     V V ...      one U and one V for 2x2 pixels
 *   YUV422    Y Y Y Y ...   U U ...     V V ...      one U and one V for 2x1 pixels
 *   YUV444    Y Y Y Y ...   U U U U ... V V V V ...
 *   YUYV      Y U Y V Y U Y V ...                    one U and one V for 2x1 pixels
 *   UYVY      U Y V Y U Y V Y ...                    one U and one V for 2x1 pixels
 *   RGB24     R G B R G B ...
 *   XRGB8888  B G R x B G R x ...                    a little-endian 32-bit word x:R:G:B
 *   ARGB8888  B G R A B G R A ...
 *   RGB565    ggGbbbbb rrrrrGGG ...                  a little-endian 16-bit word R:G:B
 *   XRGB16161616  BB GG RR xx ...                    four little-endian 16-bit words
 *   ARGB16161616  BB GG RR AA ...
 *   GREY      Y Y Y Y ...
 * </pre>
 *
 * <p>A row of YUYV or UYVY has two bytes for each pixel, as in the kernel: where the width is odd,
 * the last pixel has a U and no V of its own.
 *
 * <p>Kernel counterparts: {@code V4L2_PIX_FMT_*} and {@code DRM_FORMAT_*}.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
public enum PixelFormat {
  NV12("NV12", "NV12", List.of(), new PlaneShape(1, 1, 1), new PlaneShape(2, 2, 2)),
  YUV420("YU12", "YU12", List.of(), full(), new PlaneShape(2, 2, 1), new PlaneShape(2, 2, 1)),
  YUV422("YU16", "422P", List.of(), full(), new PlaneShape(2, 1, 1), new PlaneShape(2, 1, 1)),
  YUV444("YU24", "YU24", List.of("444P"), full(), full(), full()),
  YUYV("YUYV", "YUYV", List.of(), new PlaneShape(1, 1, 2)),
  UYVY("UYVY", "UYVY", List.of(), new PlaneShape(1, 1, 2)),
  RGB24("BG24", "RGB3", List.of(), new PlaneShape(1, 1, 3)),
  XRGB8888("XR24", "XR24", List.of(), new PlaneShape(1, 1, 4)),
  ARGB8888("AR24", "AR24", List.of(), new PlaneShape(1, 1, 4)),
  RGB565("RG16", "RGBP", List.of(), new PlaneShape(1, 1, 2)),
  XRGB16161616("XR48", "XR48", List.of(), new PlaneShape(1, 1, 8)),
  ARGB16161616("AR48", "AR48", List.of(), new PlaneShape(1, 1, 8)),
  GREY("R8", "GREY", List.of(), full());

  private final String drm;
  private final String v4l2;
  private final List<String> aliases;
  private final List<PlaneShape> shapes;

  PixelFormat(String drm, String v4l2, List<String> aliases, PlaneShape... shapes) {
    this.drm = drm;
    this.v4l2 = v4l2;
    this.aliases = aliases;
    this.shapes = List.of(shapes);
  }

  private static PlaneShape full() {
    return new PlaneShape(1, 1, 1);
  }

  /**
   * Finds a format by its name here or by its code in V4L2 or DRM; upper and lower case are the
   * same.
   *
   * @param text the name or the code, never null
   * @return the format, never null
   * @throws DmaBufException EINVAL when there is no such format; the sentence lists those there are
   */
  public static PixelFormat parse(String text) {
    String wanted = text.strip();
    for (PixelFormat format : values()) {
      if (format.isCalled(wanted)) {
        return format;
      }
    }
    String known =
        Arrays.stream(values())
            .map(f -> f.drm.equals(f.name()) ? f.drm : f.name() + " (" + f.codes() + ")")
            .collect(Collectors.joining(", "));
    throw new DmaBufException(
        Errno.EINVAL, "Pixel format '" + text + "' is not known; known are " + known);
  }

  /**
   * Finds a format by its integer code, V4L2's or DRM's.
   *
   * @param code a four-character code
   * @return the format, never null
   * @throws DmaBufException EINVAL when no format has this code
   */
  public static PixelFormat ofFourcc(int code) {
    return parse(Fourcc.text(code));
  }

  private boolean isCalled(String text) {
    return name().equalsIgnoreCase(text)
        || drm.equalsIgnoreCase(text)
        || v4l2.equalsIgnoreCase(text)
        || aliases.stream().anyMatch(text::equalsIgnoreCase);
  }

  private String codes() {
    return drm.equals(v4l2) ? drm : drm + ", " + v4l2;
  }

  /** Returns DRM's code. */
  public int drmFourcc() {
    return Fourcc.of(drm);
  }

  /** Returns V4L2's code. */
  public int v4l2Fourcc() {
    return Fourcc.of(v4l2);
  }

  /** Returns DRM's code as text, such as {@code "NV12"} or {@code "R8"}; never null. */
  public String fourcc() {
    return drm;
  }

  /** Returns what each plane holds, in the order of the planes; never null or empty. */
  public List<PlaneShape> planeShapes() {
    return shapes;
  }

  /** Tells whether the samples are red, green and blue rather than luma (and chroma). */
  public boolean isRgb() {
    return switch (this) {
      case RGB24, XRGB8888, ARGB8888, RGB565, XRGB16161616, ARGB16161616 -> true;
      case NV12, YUV420, YUV422, YUV444, YUYV, UYVY, GREY -> false;
    };
  }
}
