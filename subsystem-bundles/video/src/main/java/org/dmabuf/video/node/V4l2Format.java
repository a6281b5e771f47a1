package org.dmabuf.video.node;

import java.util.List;

/**
 * A format as a device tells it. Plain data. Kernel counterpart: {@code struct v4l2_pix_format},
 * {@code struct v4l2_pix_format_mplane}.
 *
 * @param fourcc V4L2's code
 * @param width pixels
 * @param height rows
 * @param bytesPerLine of each plane of memory, never null
 * @param sizes bytes of each plane of memory ({@code sizeimage}), never null
 */
public record V4l2Format(
    int fourcc, int width, int height, List<Integer> bytesPerLine, List<Long> sizes) {
  /** Copies the lists. */
  public V4l2Format {
    bytesPerLine = List.copyOf(bytesPerLine);
    sizes = List.copyOf(sizes);
  }
}
