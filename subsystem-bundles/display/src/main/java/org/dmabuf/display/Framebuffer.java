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
import org.dmabuf.ImporterOps;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A buffer that a display can show, attached for as long as anybody uses it. One that stays where
 * it is is mapped once; one whose storage moves is mapped where a display is fastest, while it is
 * pending or shown.
 *
 * <pre>
 *   users = 1 for its number (until RMFB)
 *         + 1 while a commit of it is pending or on the screen
 *         + 1 while a picture is taken of it
 *
 *   stays:  MAPPED --last user--> unmapped, detached
 *   moves:  UNMAPPED --commit--> MAPPED, pinned --shown--> MAPPED --only its number is left--> UNMAPPED
 *                                   ^------------commit-------+
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
  private final DmaBufRegistry registry;
  private final AtomicInteger users = new AtomicInteger(1);
  private volatile boolean listed = true; // by its number, which is one of the users
  private volatile FrameView view; // null: not mapped
  private final Reaching reaching;
  // Guarded by the reservation.
  private SgTable table; // null: not mapped
  private int pins; // commits that are pending: it stays where it is while there are any

  private Framebuffer(
      int id,
      DisplayFile owner,
      FrameLayout layout,
      Attachment attachment,
      Reaching reaching,
      DmaBufRegistry registry) {
    this.id = id;
    this.owner = owner;
    this.layout = layout;
    this.attachment = attachment;
    this.reaching = reaching;
    this.registry = registry;
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
    Reaching reaching = new Reaching();
    // The attachment keeps the buffer alive; the handle is needed only to make it.
    try (DmaBuf buffer = registry.get(owner.caller(), fd)) {
      checkSize(buffer.toString(), buffer.size(), layout);
      DmaDevice display = DmaDevice.named(device);
      attachment = buffer.isDynamic() ? buffer.attach(display, reaching) : buffer.attach(display);
    }
    try {
      Framebuffer framebuffer = new Framebuffer(id, owner, layout, attachment, reaching, registry);
      if (!attachment.isDynamic()) {
        framebuffer.prepare();
      }
      return framebuffer;
    } catch (DmaBufException failed) {
      attachment.detach();
      throw failed;
    }
  }

  /** What a display is as an importer of storage that moves: it maps at each commit. */
  private static final class Reaching implements ImporterOps {
    private boolean moved; // since it was mapped; guarded by the reservation

    @Override
    public boolean allowPeerToPeer() {
      return true;
    }

    /** What is shown stays as it was shown, in the mapping that there is. */
    @Override
    public void moveNotify(Attachment attachment) {
      moved = true;
    }
  }

  /**
   * Has it where it can be shown, and kept there until it is; it may still be on its way there. For
   * a user of it, without the reservation held.
   *
   * @throws DmaBufException the exporter's errors; then nothing more is pinned
   */
  void prepare() {
    attachment.resv().lockInterruptibly();
    try {
      if (attachment.isDynamic()) {
        pin();
      }
      try {
        if (table == null || reaching.moved) {
          map();
        }
      } catch (DmaBufException failed) {
        unpin();
        throw failed;
      }
    } finally {
      attachment.resv().unlock();
    }
  }

  /**
   * Once for each {@link #prepare}: it is on the screen, so that where it goes from now on does not
   * matter to what is seen of it; or it will not be. Takes the reservation of what moves.
   */
  void settled() {
    if (!attachment.isDynamic()) {
      return;
    }
    attachment.resv().lock();
    try {
      unpin();
    } finally {
      attachment.resv().unlock();
    }
  }

  private void pin() {
    if (pins == 0) {
      attachment.pin();
    }
    pins++;
  }

  private void unpin() {
    if (pins > 0 && --pins == 0) {
      attachment.unpin();
    }
  }

  private void map() {
    SgTable mapped = attachment.map(DmaDirection.TO_DEVICE);
    try {
      checkSize("The mapping of " + attachment, mapped.size(), layout);
      view = new FrameView(attachment.access(mapped), registry.meter());
    } catch (DmaBufException failed) {
      attachment.unmap(mapped);
      throw failed;
    }
    if (table != null) {
      attachment.unmap(table);
    }
    table = mapped;
    reaching.moved = false;
  }

  /** Undoes {@link #prepare} when only its number is left, or nothing. */
  private void unprepare() {
    attachment.resv().lock();
    try {
      if (table == null || users.get() > (listed ? 1 : 0)) {
        return;
      }
      view = null;
      SgTable mapped = table;
      table = null;
      attachment.unmap(mapped);
      pins = Math.min(pins, 1);
      unpin();
    } finally {
      attachment.resv().unlock();
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

  /** Returns the display's own mapping, read-only, for who has prepared this framebuffer. */
  FrameView view() {
    return view;
  }

  /**
   * Returns the fences of those who write the buffer: what is pending, and that of the last one if
   * it has failed already, because a frame that failed before its commit is not shown either.
   */
  List<DmaFence> writers() {
    DmaResv resv = attachment.resv();
    List<DmaFence> writers = new ArrayList<>(resv.pending(Usage.toWaitFor(false)));
    resv.lastWrite()
        .filter(last -> last.error().isPresent() && !writers.contains(last))
        .ifPresent(writers::add);
    return writers;
  }

  /** Returns a fence and those of the storage's way to where it can be shown. */
  List<DmaFence> arrival(DmaFence inFence) {
    List<DmaFence> all = new ArrayList<>(attachment.resv().pending(Usage.KERNEL));
    all.add(inFence);
    return all;
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

  /** Its number is gone, and the use that it was. No lock may be held. */
  void unlist() {
    listed = false;
    unuse();
  }

  /** Uses it once less; the last user gives the buffer back. No lock may be held. */
  void unuse() {
    int left = users.decrementAndGet();
    if (left == 0 || (attachment.isDynamic() && left == 1)) {
      guarded("unmapped", this::unprepare);
    }
    if (left == 0) {
      guarded("detached", attachment::detach);
    }
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
