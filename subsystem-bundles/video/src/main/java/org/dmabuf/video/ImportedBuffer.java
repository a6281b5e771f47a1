package org.dmabuf.video;

import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ImporterOps;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program's buffer, attached to the device and mapped for as long as it stays at its index.
 *
 * <pre>
 *   storage that stays, or a queue without fences   mapped once, and pinned by that
 *   storage that moves, and a queue with fences     MAPPED --told of a move--> MOVED
 *                                                      ^---- mapped anew ---------+  when queued again
 * </pre>
 *
 * <p>The write fence keeps storage that moves where the device writes, until it has written. Used
 * by one thread at a time, the one that has its slot. Kernel counterpart: {@code
 * vb2_plane.mem_priv} with {@code attach_dmabuf} and {@code map_dmabuf}.
 */
final class ImportedBuffer implements ImporterOps {
  private enum State {
    MAPPED,
    MOVED
  }

  private static final Logger LOG = LoggerFactory.getLogger(ImportedBuffer.class);

  /** A fence that was added, and those that its device must wait for before it writes. */
  record Fenced(DmaFence fence, List<DmaFence> before) {}

  private final DmaBuf handle;
  private final DmaBufRegistry registry;
  private final FrameLayout layout;
  private final String writer;
  private final Attachment attachment;
  private State state = State.MOVED; // guarded by the reservation, as is the table
  private SgTable table;
  private FrameTarget target;

  private ImportedBuffer(
      DmaBuf handle,
      DmaBufRegistry registry,
      FrameLayout layout,
      CaptureDevice device,
      boolean fenced) {
    this.handle = handle;
    this.registry = registry;
    this.layout = layout;
    this.writer = device.info().writer();
    this.attachment =
        fenced && handle.isDynamic()
            ? handle.attach(device.dma(), this)
            : handle.attach(device.dma());
  }

  /**
   * Makes a slot hold the buffer behind a descriptor, which is attached unless it was there before.
   *
   * @param slot the caller's, being prepared
   * @param table whose descriptor it is
   * @param fd the descriptor
   * @param fenced whether fences tell others until when the device writes
   * @throws DmaBufException EINVAL when it is no dma-buf; else as {@link #attach}
   */
  static void into(
      Slot slot,
      CaptureDevice device,
      FrameLayout layout,
      FileTable table,
      int fd,
      boolean fenced) {
    DmaBuf handle;
    try {
      handle = device.registry().get(table, fd);
    } catch (DmaBufException bad) {
      if (bad.errno() != Errno.EBADF) {
        throw bad;
      }
      throw new DmaBufException(
          Errno.EINVAL,
          "Capture device %s was given no dma-buf for buffer %d: %s"
              .formatted(device.info().name(), slot.index, bad.getMessage()));
    }
    if (slot.imported != null) {
      if (slot.imported.isOf(handle) && (fenced || !slot.imported.attachment.isDynamic())) {
        handle.close();
        return;
      }
      slot.takeImported().release();
    }
    slot.imported = attach(handle, device, layout, fenced);
  }

  /**
   * Attaches and maps a buffer.
   *
   * @param handle the device's handle, of which one count passes to this call, whatever it does
   * @param device who writes
   * @param layout what is written
   * @throws DmaBufException EINVAL when the buffer is smaller than the layout; EFAULT when it is
   *     scattered and the device needs it in one run; the exporter's errors
   */
  private static ImportedBuffer attach(
      DmaBuf handle, CaptureDevice device, FrameLayout layout, boolean fenced) {
    ImportedBuffer imported = null;
    try {
      if (handle.size() < layout.size()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "%s was queued to %s for a frame of %s; a buffer of that many bytes or more would work"
                .formatted(handle, device.dma().name(), layout));
      }
      imported = new ImportedBuffer(handle, device.registry(), layout, device, fenced);
      handle.resv().lockInterruptibly();
      try {
        imported.map();
      } finally {
        handle.resv().unlock();
      }
      return imported;
    } catch (DmaBufException failed) {
      if (imported == null) {
        handle.close();
      } else {
        imported.release();
      }
      throw failed;
    }
  }

  /** The storage moves: it is mapped anew when it is queued again. */
  @Override
  public void moveNotify(Attachment moved) {
    state = State.MOVED;
  }

  /** Maps it where it is now, with the reservation held; without effect when it has not moved. */
  private void map() {
    if (state == State.MAPPED) {
      return;
    }
    SgTable fresh;
    try {
      fresh = attachment.map(DmaDirection.FROM_DEVICE);
    } catch (DmaBufException gone) {
      if (gone.errno() != Errno.ENODEV || table == null) {
        throw gone;
      }
      // Its exporter has gone and moves it no more: what is mapped stays valid.
      state = State.MAPPED;
      return;
    }
    try {
      FrameView view = new FrameView(attachment.access(fresh), registry.meter());
      target = new FrameTarget(view, layout, writer);
    } catch (DmaBufException unsuitable) {
      attachment.unmap(fresh);
      throw unsuitable;
    }
    if (table != null) {
      attachment.unmap(table);
    }
    table = fresh;
    state = State.MAPPED;
  }

  /** Returns where the frame is written to. */
  FrameTarget target() {
    return target;
  }

  private boolean isOf(DmaBuf other) {
    return handle.inode() == other.inode();
  }

  /**
   * Adds a write fence to the reservation, without waiting for those that are there.
   *
   * @throws DmaBufException EALREADY when the caller holds the reservation; ECANCELED when the
   *     context is closed; the exporter's errors, when the storage has moved
   */
  Fenced addWriteFence(FenceContext context) {
    handle.resv().lock();
    try {
      map();
      handle.resv().reserveFences(1);
      // Only what is there now: a display will add fences of its own that wait for ours.
      List<DmaFence> before = handle.resv().pending(Usage.toWaitFor(true));
      DmaFence fence = context.create();
      handle.resv().addFence(fence, Usage.WRITE);
      return new Fenced(fence, before);
    } finally {
      handle.resv().unlock();
    }
  }

  /** Unmaps, detaches and puts the buffer; once. */
  void release() {
    try {
      attachment.detach();
      handle.close();
    } catch (DmaBufException gone) {
      // The framework was first: it gives back what a stopped bundle has.
      LOG.debug("Releasing {}: {}", handle, gone.getMessage());
    }
  }
}
