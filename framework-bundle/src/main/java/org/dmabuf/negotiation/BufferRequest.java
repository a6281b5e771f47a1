package org.dmabuf.negotiation;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * What buffer is wanted: for a frame, in one of several formats, or of so many bytes. Plain data.
 *
 * @param formats the formats that would do, best first; empty for bytes; never null
 * @param width in pixels; 0 for bytes
 * @param height in pixels; 0 for bytes
 * @param bytes how many; 0 for a frame
 * @param modifiers the modifiers that would do, best first; empty for any; never null
 * @param pitchAlign what every pitch is a multiple of besides, in bytes: a power of two
 * @param exporters the names of the only exporters that would do; empty for any; never null
 */
public record BufferRequest(
    List<PixelFormat> formats,
    int width,
    int height,
    long bytes,
    List<Long> modifiers,
    int pitchAlign,
    Set<String> exporters) {
  /** The largest buffer, in bytes. */
  public static final long MOST_BYTES = 1L << 62;

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for a frame that cannot be laid out, bytes out of their range,
   *     or bytes with modifiers
   */
  public BufferRequest {
    exporters = Set.copyOf(exporters);
    formats = formats.stream().distinct().toList();
    modifiers = modifiers.stream().distinct().toList();
    ImporterNeeds.checkPitch("A request", pitchAlign);
    if (!formats.isEmpty()) {
      FrameLayout.of(formats.getFirst(), width, height, pitchAlign);
    } else if (width != 0 || height != 0 || !modifiers.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A frame of %dx%d with modifiers %s was requested in no format; one or more would work"
              .formatted(width, height, modifiers));
    }
    boolean right = formats.isEmpty() ? bytes >= 1 && bytes <= MOST_BYTES : bytes == 0;
    if (!right) {
      throw new DmaBufException(
          Errno.EINVAL,
          bytes + " bytes were requested; 1 to 2^62 would work, or a frame, which says itself");
    }
  }

  /**
   * Requests a buffer for a frame.
   *
   * @param width in pixels, 1 to {@link FrameLayout#MAX_SIDE}
   * @param height in pixels, likewise
   * @param formats what would do, best first, one or more; never null
   * @throws DmaBufException EINVAL when a number is out of its range or there is no format
   */
  public static BufferRequest frame(int width, int height, PixelFormat... formats) {
    return new BufferRequest(Arrays.asList(formats), width, height, 0, List.of(), 1, Set.of());
  }

  /**
   * Requests a buffer of bytes, whatever they mean.
   *
   * @param bytes how many, 1 to {@link #MOST_BYTES}
   * @throws DmaBufException EINVAL when it is out of its range
   */
  public static BufferRequest bytes(long bytes) {
    return new BufferRequest(List.of(), 0, 0, bytes, List.of(), 1, Set.of());
  }

  /** Returns the same request for certain modifiers, best first. */
  public BufferRequest withModifiers(Long... wanted) {
    return new BufferRequest(
        formats, width, height, bytes, Arrays.asList(wanted), pitchAlign, exporters);
  }

  /** Returns the same request with pitches that are multiples of a power of two, in bytes. */
  public BufferRequest withPitchAlign(int align) {
    return new BufferRequest(formats, width, height, bytes, modifiers, align, exporters);
  }

  /** Returns the same request to certain exporters only, by their names; to any without one. */
  public BufferRequest from(String... only) {
    return new BufferRequest(
        formats, width, height, bytes, modifiers, pitchAlign, Set.copyOf(Arrays.asList(only)));
  }

  /** Returns it for people, such as {@code "NV12 or XR24 of 64x48"}; never null. */
  public String text() {
    if (formats.isEmpty()) {
      return bytes + " bytes";
    }
    return formats.stream().map(PixelFormat::fourcc).collect(Collectors.joining(" or "))
        + " of "
        + width
        + "x"
        + height
        + (modifiers.isEmpty()
            ? ""
            : " with modifier "
                + modifiers.stream().map(FormatTable::text).collect(Collectors.joining(" or ")));
  }
}
