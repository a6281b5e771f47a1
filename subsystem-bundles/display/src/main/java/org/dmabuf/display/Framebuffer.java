package org.dmabuf.display;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A buffer that a display can show, attached and mapped once for as long as anybody uses it.
 *
 * <pre>
 *   users = 1 for its number (until RMFB)
 *         + 1 while a commit of it is pending or on the screen
 *         + 1 while a picture is taken of it
 *
 *   MAPPED --last user--> unmapped, detached
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_framebuffer}.
 */
final class Framebuffer {
  private static final Logger LOG = LoggerFactory.getLogger(Framebuffer.class);

  private final int id;
  private final DisplayFile owner;
  private final FrameLayout layout;
  private final Attachment attachment;
  private final SgTable table;
  private final FrameView view;
  private final AtomicInteger users = new AtomicInteger(1);

  private Framebuffer(
      int id,
      DisplayFile owner,
      FrameLayout layout,
      Attachment attachment,
      SgTable table,
      FrameView view) {
    this.id = id;
    this.owner = owner;
    this.layout = layout;
    this.attachment = attachment;
    this.table = table;
    this.view = view;
  }

  /**
   * Imports a buffer; the caller is its first user.
   *
   * @throws DmaBufException EBADF or EINVAL for the descriptor, EINVAL when the buffer is too
   *     small, ENODEV when the driver's bundle leaves, the exporter's own errors; then nothing is
   *     left
   */
  static Framebuffer create(
      int id,
      DisplayFile owner,
      DmaBufRegistry registry,
      String device,
      int fd,
      FrameLayout layout) {
    Attachment attachment;
    // The attachment keeps the buffer alive; the handle is needed only to make it.
    try (DmaBuf buffer = registry.get(owner.caller(), fd)) {
      checkSize(buffer.toString(), buffer.size(), layout);
      attachment = buffer.attach(DmaDevice.named(device));
    }
    SgTable table = null;
    try {
      table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
      checkSize("The mapping of fd " + fd + " for " + device, table.size(), layout);
      FrameView view = new FrameView(attachment.access(table), registry.meter());
      return new Framebuffer(id, owner, layout, attachment, table, view);
    } catch (DmaBufException failed) {
      if (table != null) {
        attachment.unmapUnlocked(table);
      }
      attachment.detach();
      throw failed;
    }
  }

  int id() {
    return id;
  }

  DisplayFile owner() {
    return owner;
  }

  FrameLayout layout() {
    return layout;
  }

  /** Returns the display's own mapping, read-only, for a user of this framebuffer. */
  FrameView view() {
    return view;
  }

  /**
   * Returns the fences of those who write the buffer: what is pending, and what has failed already,
   * because a frame that failed before its commit is not shown either.
   */
  List<DmaFence> writers() {
    List<DmaFence> writers = new ArrayList<>();
    for (DmaResv.Entry entry : attachment.resv().entries()) {
      DmaFence fence = entry.fence();
      boolean waitedFor = entry.usage().compareTo(Usage.toWaitFor(false)) <= 0;
      if (waitedFor && (!fence.isSignaled() || fence.error().isPresent())) {
        writers.add(fence);
      }
    }
    return writers;
  }

  /** Uses it once more unless its last user is gone; returns whether it did. */
  boolean tryUse() {
    int now = users.get();
    while (now > 0) {
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
      now = users.get();
    }
    return false;
  }

  /** Uses it once less; the last user gives the buffer back. No lock may be held. */
  void unuse() {
    if (users.decrementAndGet() > 0) {
      return;
    }
    guarded("unmapped", () -> attachment.unmapUnlocked(table));
    guarded("detached", attachment::detach);
  }

  /** Who gives back goes on whatever fails: the framework undoes the rest with the bundle. */
  private void guarded(String what, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failed) {
      LOG.warn("Framebuffer {} was not {}: {}", id, what, failed.toString());
    }
  }

  private static void checkSize(String what, long size, FrameLayout layout) {
    for (FrameLayout.Plane plane : layout.planes()) {
      long end = plane.offset() + (long) plane.pitch() * (plane.rows() - 1) + plane.rowBytes();
      if (end > size) {
        throw new DmaBufException(
            Errno.EINVAL,
            what
                + " has "
                + size
                + " bytes and cannot hold a frame of "
                + layout
                + "; "
                + end
                + " bytes would work");
      }
    }
  }
}
