package org.dmabuf.video.node;

import java.util.List;
import java.util.Optional;
import org.dmabuf.format.Fourcc;
import org.dmabuf.format.PixelFormat;

/**
 * The pixel formats of video devices, with the sizes that V4L2 gives them.
 *
 * <pre>
 *   one buffer        [ luma rows | chroma rows ]            bytesperline is that of the first plane
 *   one for each      [ luma rows ]  [ chroma rows ]
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct v4l2_format_info}, {@code vivid-vid-common.c}.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
public enum VideoPixels {
  /** Y U Y V. */
  YUYV(PixelFormat.YUYV, "YUYV", "YUYV 4:2:2", 1, new Plane(2, 1, 1)),
  /** U Y V Y. */
  UYVY(PixelFormat.UYVY, "UYVY", "UYVY 4:2:2", 1, new Plane(2, 1, 1)),
  /** A little-endian word R:G:B of 5, 6 and 5 bits. */
  RGB565(PixelFormat.RGB565, "RGBP", "16-bit RGB 5-6-5", 1, new Plane(2, 1, 1)),
  /** R G B. */
  RGB24(PixelFormat.RGB24, "RGB3", "24-bit RGB 8-8-8", 1, new Plane(3, 1, 1)),
  /** B G R x. */
  XRGB8888(PixelFormat.XRGB8888, "XR24", "32-bit BGRX 8-8-8-8", 1, new Plane(4, 1, 1)),
  /** B G R A. */
  ARGB8888(PixelFormat.ARGB8888, "AR24", "32-bit BGRA 8-8-8-8", 1, new Plane(4, 1, 1)),
  /** Y. */
  GREY(PixelFormat.GREY, "GREY", "8-bit Greyscale", 1, new Plane(1, 1, 1)),
  /** Y; then U V of 2x2 pixels. */
  NV12(PixelFormat.NV12, "NV12", "Y/UV 4:2:0", 1, new Plane(1, 1, 1), new Plane(2, 2, 2)),
  /** Y; then U of 2x2 pixels; then V. */
  YUV420(
      PixelFormat.YUV420,
      "YU12",
      "Planar YUV 4:2:0",
      1,
      new Plane(1, 1, 1),
      new Plane(1, 2, 2),
      new Plane(1, 2, 2)),
  /** Y; then U of 2x1 pixels; then V. */
  YUV422(
      PixelFormat.YUV422,
      "422P",
      "Planar YUV 4:2:2",
      1,
      new Plane(1, 1, 1),
      new Plane(1, 2, 1),
      new Plane(1, 2, 1)),
  /** Y; then U; then V. V4L2 has no code for it in one buffer; this is DRM's. */
  YUV444(
      PixelFormat.YUV444,
      "YU24",
      "Planar YUV 4:4:4",
      1,
      new Plane(1, 1, 1),
      new Plane(1, 1, 1),
      new Plane(1, 1, 1)),
  /** Little-endian words of 16 bits B G R x; DRM's code. */
  XRGB16161616(PixelFormat.XRGB16161616, "XR48", "64-bit BGRX 16-16-16-16", 1, new Plane(8, 1, 1)),
  /** Little-endian words of 16 bits B G R A; DRM's code. */
  ARGB16161616(PixelFormat.ARGB16161616, "AR48", "64-bit BGRA 16-16-16-16", 1, new Plane(8, 1, 1)),
  /** As NV12, with a buffer for each plane. */
  NV12M(PixelFormat.NV12, "NM12", "Y/UV 4:2:0 (N-C)", 2, new Plane(1, 1, 1), new Plane(2, 2, 2)),
  /** As YU12, with a buffer for each plane. */
  YUV420M(
      PixelFormat.YUV420,
      "YM12",
      "Planar YUV 4:2:0 (N-C)",
      3,
      new Plane(1, 1, 1),
      new Plane(1, 2, 2),
      new Plane(1, 2, 2));

  /**
   * What one plane holds.
   *
   * @param bytes of a sample
   * @param horizontal pixels of a row that share it
   * @param vertical rows that share it
   */
  public record Plane(int bytes, int horizontal, int vertical) {}

  private final PixelFormat format;
  private final String code;
  private final String description;
  private final int buffers;
  private final List<Plane> planes;

  VideoPixels(PixelFormat format, String code, String description, int buffers, Plane... planes) {
    this.format = format;
    this.code = code;
    this.description = description;
    this.buffers = buffers;
    this.planes = List.of(planes);
  }

  /** Returns the format of V4L2's code; empty when there is none here. */
  public static Optional<VideoPixels> ofFourcc(int code) {
    for (VideoPixels pixels : values()) {
      if (pixels.fourcc() == code) {
        return Optional.of(pixels);
      }
    }
    return Optional.empty();
  }

  /** Returns the format of frames in one buffer, never null. */
  public static VideoPixels of(PixelFormat format) {
    for (VideoPixels pixels : values()) {
      if (pixels.format == format && pixels.buffers == 1) {
        return pixels;
      }
    }
    throw new IllegalArgumentException("Every pixel format is a video format, but " + format);
  }

  /** Returns what a pixel is, in however many buffers the planes lie; never null. */
  public PixelFormat format() {
    return format;
  }

  /** Returns V4L2's code. */
  public int fourcc() {
    return Fourcc.of(code);
  }

  /** Returns V4L2's code as text, never null. */
  public String code() {
    return code;
  }

  /** Returns what ENUM_FMT says of it, never null. */
  public String description() {
    return description;
  }

  /** Returns how many planes of memory a frame has: one, or one for each plane. */
  public int buffers() {
    return buffers;
  }

  /** Returns what each plane of samples holds, never null or empty. */
  public List<Plane> planes() {
    return planes;
  }
}
