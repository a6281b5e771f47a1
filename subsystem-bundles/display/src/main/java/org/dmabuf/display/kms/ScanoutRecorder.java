package org.dmabuf.display.kms;

import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Sees every frame of a file's commits that a display really scans out, in that order: those of
 * framebuffers that lie in one buffer as a layout says ({@link KmsFile#addFramebuffer(int,
 * FrameLayout)}).
 *
 * <p>Kernel counterpart: a writeback connector, without its copy.
 */
@ConsumerType
@FunctionalInterface
public interface ScanoutRecorder {
  /**
   * A frame was scanned out. Called on a thread of the CRTC with no lock held, after the checksum
   * was made and before the flip's event can be read; the flip waits for it. An exception is logged
   * and changes nothing for the display.
   *
   * @param cookie the commit's, as its event has it; 0 for a commit without event
   * @param layout how the frame lies in the view, never null
   * @param view the display's own mapping, read-only, reads count as {@link
   *     org.dmabuf.memory.Transfer#VERIFIED}; valid until this returns; never null
   */
  void scanned(long cookie, FrameLayout layout, FrameView view);
}
