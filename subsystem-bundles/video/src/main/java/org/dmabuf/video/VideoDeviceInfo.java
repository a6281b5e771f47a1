package org.dmabuf.video;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.SizeLimits;

/**
 * What a video device is and can do. Plain data, which stays valid when the driver has gone.
 *
 * <p>Kernel counterpart: {@code struct v4l2_capability}, {@code VIDIOC_ENUM_FMT} and {@code
 * VIDIOC_ENUM_FRAMESIZES}.
 *
 * @param name the device, such as {@code "capture0"}, never null or empty
 * @param driver the driver, such as {@code "v4l2"}, never null
 * @param version the driver's version, such as {@code "1.0.1"}, never null
 * @param formats what it can capture, never null or empty
 * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two
 * @param minSide the least width and height, in pixels
 * @param maxSide the greatest width and height, in pixels
 */
public record VideoDeviceInfo(
    String name,
    String driver,
    String version,
    List<PixelFormat> formats,
    int pitchAlign,
    int minSide,
    int maxSide) {

  /** Checks the fields; EINVAL for an empty name or no format. */
  public VideoDeviceInfo {
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(version, "version");
    formats = List.copyOf(formats);
    if (name.isEmpty() || formats.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A video device '%s' with the formats %s was described; a name and one format or more"
              .formatted(name, formats));
    }
    // Says at once which alignments are possible, not when the first format is set.
    new VideoFormat(formats.getFirst(), minSide, minSide).layout(pitchAlign);
  }

  /**
   * Returns what a buffer must be like for such a device.
   *
   * @param dma what memory it can write to, never null
   */
  public ImporterNeeds needs(DmaDevice dma) {
    return ImporterNeeds.of(dma)
        .withDriver(driver)
        .withPixels(
            FormatTable.linear(formats),
            pitchAlign,
            SizeLimits.ofFrames(minSide, minSide, maxSide, maxSide));
  }

  /** Returns name and version of the driver that writes frames, such as {@code "v4l2 1.0.1"}. */
  public String writer() {
    return driver + " " + version;
  }
}
