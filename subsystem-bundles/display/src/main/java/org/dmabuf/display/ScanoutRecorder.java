package org.dmabuf.display;

import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Sees every frame that a display really scans out, in that order.
 *
 * <p>Kernel counterpart: a writeback connector, without its copy.
 */
@ConsumerType
public interface ScanoutRecorder {
  /**
   * A frame was scanned out. Called on the display's thread with no lock held, after the checksum
   * was made and before the flip's event can be read; the display waits for it. An exception is
   * logged and changes nothing for the display.
   *
   * @param cookie the commit's
   * @param layout how the frame lies in the view, never null
   * @param view the display's own mapping, read-only, reads count as {@link
   *     org.dmabuf.memory.Transfer#VERIFIED}; valid until this returns; never null
   */
  void scanned(long cookie, FrameLayout layout, FrameView view);
}
