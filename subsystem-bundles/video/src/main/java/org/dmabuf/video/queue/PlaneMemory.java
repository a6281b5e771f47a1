package org.dmabuf.video.queue;

import java.util.List;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;

/**
 * The memory of one plane, as long as it stays at its index.
 *
 * <pre>
 *   HELD --begin()--> MAPPED (view) --finish()--> HELD --release()--> gone
 * </pre>
 *
 * <p>Used by one thread at a time, the one that has the buffer. Kernel counterpart: {@code
 * vb2_plane.mem_priv} with {@code struct vb2_mem_ops}.
 */
sealed interface PlaneMemory permits MmapMemory, DmabufMemory, UserMemory {
  /**
   * Makes it ready for the device; nothing when it is.
   *
   * @throws org.dmabuf.DmaBufException EFAULT when the device cannot use it; the exporter's errors
   */
  void begin();

  /**
   * Looks whether it has moved since {@link #begin}, with its reservation held; from the fence that
   * the caller adds next until that is signalled it stays where it is.
   *
   * @throws org.dmabuf.DmaBufException the exporter's errors
   */
  default void settle() {}

  /** Takes it away from the device; nothing when that has been. */
  void finish();

  /** Gives it up for good, mapped or not. */
  void release();

  /** Returns what the device reads or writes, between begin and finish; never null. */
  FrameView view();

  /** Returns the reservation that its users share; empty when it has none; never null. */
  List<DmaResv> reservation();

  /** Returns whether others than the queue have it, as MAPPED tells. */
  default boolean isShared() {
    return false;
  }
}
