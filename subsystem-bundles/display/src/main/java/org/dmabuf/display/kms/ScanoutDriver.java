package org.dmabuf.display.kms;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a display driver does itself at a flip whose file has a {@link ScanoutRecorder}; all else
 * (fences, vblanks, states, events, lifetimes) is done by {@link KmsDevice}.
 *
 * <p>Never called after {@link KmsDevice#close()} has returned (unless a call of its own hung; then
 * that is logged). Kernel counterpart: {@code drm_crtc_helper_funcs.atomic_flush}.
 */
@ConsumerType
@FunctionalInterface
public interface ScanoutDriver {
  /**
   * Puts a frame on the screen: its flip is decided, and it is this display that shows it. Called
   * on a thread of the CRTC with no lock held, once for each flip. What does not call {@link
   * Scanout#show()} has read nothing, and its event says so.
   *
   * @param frame the frame, which may be shown until the flip after its own is complete; never null
   * @throws org.dmabuf.DmaBufException when the hardware fails: the frame before it stays on the
   *     screen, and the flip is told as skipped
   */
  void scanOut(Scanout frame);
}
