package org.dmabuf.display.kms;

import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The memory of a framebuffer, as the display reaches it. Kernel counterpart: the {@code struct
 * drm_gem_object} of a {@code struct drm_framebuffer}.
 */
@ConsumerType
public interface FramebufferMemory extends AutoCloseable {
  /** Returns its bytes, which never change. */
  long size();

  /** Returns what its users wait for, never null. */
  DmaResv resv();

  /** Returns the memory until close, never null. */
  FrameView view();

  /** Gives it back. Called once, with no lock held. */
  @Override
  void close();

  /** Where a framebuffer's memory comes from. */
  @ConsumerType
  interface Source {
    /** Returns whether nothing was named: then it is never opened. */
    default boolean isNone() {
      return false;
    }

    /**
     * Reaches the memory.
     *
     * @return what the framebuffer closes, never null
     * @throws org.dmabuf.DmaBufException ENOENT when it is not there; the exporter's errors
     */
    FramebufferMemory open();
  }
}
