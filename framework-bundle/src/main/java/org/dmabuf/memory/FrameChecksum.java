package org.dmabuf.memory;

import java.util.zip.CRC32C;
import org.dmabuf.format.FrameLayout;

/**
 * The checksum of a frame's samples: CRC-32C over the rows of all planes, without the padding
 * between them, so that it does not depend on the pitch. Both ends of a pipeline use it.
 */
public final class FrameChecksum {
  private FrameChecksum() {}

  /**
   * Reads a frame and returns its checksum.
   *
   * @param view where it lies; counts the reading as its kind; never null
   * @param layout how it lies there, never null
   */
  public static int of(FrameView view, FrameLayout layout) {
    CRC32C crc = new CRC32C();
    for (FrameLayout.Plane plane : layout.planes()) {
      if (plane.pitch() == plane.rowBytes()) {
        view.update(crc, plane.offset(), (long) plane.pitch() * plane.rows());
      } else {
        for (int y = 0; y < plane.rows(); y++) {
          view.update(crc, plane.offset() + (long) y * plane.pitch(), plane.rowBytes());
        }
      }
    }
    return (int) crc.getValue();
  }
}
