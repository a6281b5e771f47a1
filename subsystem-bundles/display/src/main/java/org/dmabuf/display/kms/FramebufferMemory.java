package org.dmabuf.display.kms;

import java.util.function.BooleanSupplier;
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

  /** Returns the memory for who writes it, once that was prepared, until close, never null. */
  default FrameView target() {
    return view();
  }

  /**
   * Has it where it can be shown, and keeps it there until {@link #settled()}; it may still be on
   * its way there, which its fences tell. Called for each commit that shows it, with no lock held.
   * Kernel counterpart: {@code drm_plane_helper_funcs.prepare_fb}.
   *
   * @throws org.dmabuf.DmaBufException the exporter's errors; then nothing is kept
   */
  default void prepare() {}

  /** As {@link #prepare()}, for who writes it. */
  default void prepareTarget() {
    prepare();
  }

  /**
   * Called once for each of these: the commit is done with, so that where the memory goes does not
   * matter to what is seen of it. With no lock held. Kernel counterpart: {@code cleanup_fb}.
   */
  default void settled() {}

  /**
   * Nobody uses its framebuffer but by number.
   *
   * @param still tells whether that is still so, once it is asked with the reservation held
   */
  default void idle(BooleanSupplier still) {}

  /**
   * Returns whether {@link #settled} and {@link #idle} have anything to do, which may wait for a
   * reservation: only then they are called, for a flip on a thread of the display's. Always the
   * same.
   */
  default boolean isTold() {
    return false;
  }

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
