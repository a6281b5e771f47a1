package org.dmabuf.display;

import org.dmabuf.DmaBufException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a display driver does itself; all else (fences, vblanks, states, events, lifetimes) is done
 * by {@link DisplayCore}.
 *
 * <p>Never called after {@link DisplayCore#close()} has returned (unless a call of its own hung;
 * then that is logged). Kernel counterpart: {@code struct drm_crtc_helper_funcs} and {@code
 * drm_plane_helper_funcs}.
 */
@ConsumerType
public interface ScanoutDriver {

  /** Returns what the display is and takes; asked once, when it is started; never null. */
  DisplayInfo info();

  /**
   * Puts a frame on the screen: the commit is decided, and it is this display that shows it. Called
   * on the display's thread with no lock held, once for each flip. What does not call {@link
   * Scanout#show()} has read nothing, and its event says so.
   *
   * @param frame the frame, which may be shown until the flip after its own is complete; never null
   * @throws DmaBufException when the hardware fails: the frame before it stays on the screen and
   *     the event carries the error
   */
  default void scanOut(Scanout frame) {
    frame.show();
  }
}
