package org.dmabuf.importer.v4l2;

import java.util.Arrays;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.Fourcc;
import org.dmabuf.video.node.VideoPixels;

/** What configurations of nodes have in common. */
final class NodeConfiguration {
  static final String DRIVER = "vivid";
  private static final double NANOS = 1e9;

  private NodeConfiguration() {}

  /** Returns the formats of V4L2's codes; EINVAL for one that there is not. */
  static List<VideoPixels> formats(String... codes) {
    return Arrays.stream(codes)
        .map(
            code ->
                VideoPixels.ofFourcc(Fourcc.of(code))
                    .orElseThrow(
                        () ->
                            new DmaBufException(
                                Errno.EINVAL,
                                "A video device was configured with format '%s'; there are %s"
                                    .formatted(
                                        code,
                                        Arrays.stream(VideoPixels.values())
                                            .map(VideoPixels::code)
                                            .toList()))))
        .toList();
  }

  /** Returns the time from frame to frame, in ns; EINVAL for a negative rate. */
  static long periodNanos(double rate) {
    if (!(rate >= 0)) {
      throw new DmaBufException(
          Errno.EINVAL, "A video device was configured with rate " + rate + "; 0 or more works");
    }
    return rate == 0 ? 0 : (long) (NANOS / rate);
  }
}
