package org.dmabuf.video;

import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
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
 * A program's buffer, attached to the device and mapped once, for as long as it stays at its index.
 *
 * <p>Used by one thread at a time, the one that has its slot. Kernel counterpart: {@code
 * vb2_plane.mem_priv} with {@code attach_dmabuf} and {@code map_dmabuf}.
 */
final class ImportedBuffer {
  private static final Logger LOG = LoggerFactory.getLogger(ImportedBuffer.class);

  /** A fence that was added, and those that its device must wait for before it writes. */
  record Fenced(DmaFence fence, List<DmaFence> before) {}

  private final DmaBuf handle;
  private final Attachment attachment;
  private final SgTable table;
  private final FrameTarget target;

  private ImportedBuffer(DmaBuf handle, Attachment attachment, SgTable table, FrameTarget target) {
    this.handle = handle;
    this.attachment = attachment;
    this.table = table;
    this.target = target;
  }

  /**
   * Makes a slot hold the buffer behind a descriptor, which is attached unless it was there before.
   *
   * @param slot the caller's, being prepared
   * @param table whose descriptor it is
   * @param fd the descriptor
   * @throws DmaBufException EINVAL when it is no dma-buf; else as {@link #attach}
   */
  static void into(Slot slot, CaptureDevice device, FrameLayout layout, FileTable table, int fd) {
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
      if (slot.imported.isOf(handle)) {
        handle.close();
        return;
      }
      slot.takeImported().release();
    }
    slot.imported = attach(device.registry(), handle, device.dma(), layout, device.info().writer());
  }

  /**
   * Attaches and maps a buffer.
   *
   * @param handle the device's handle, of which one count passes to this call, whatever it does
   * @param device who writes
   * @param layout what is written
   * @param writer who it says that it is
   * @throws DmaBufException EINVAL when the buffer is smaller than the layout; EFAULT when it is
   *     scattered and the device needs it in one run; the exporter's errors
   */
  private static ImportedBuffer attach(
      DmaBufRegistry registry, DmaBuf handle, DmaDevice device, FrameLayout layout, String writer) {
    Attachment attachment = null;
    SgTable table = null;
    try {
      if (handle.size() < layout.size()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "%s was queued to %s for a frame of %s; a buffer of that many bytes or more would work"
                .formatted(handle, device.name(), layout));
      }
      attachment = handle.attach(device);
      table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      FrameView view = new FrameView(attachment.access(table), registry.meter());
      ImportedBuffer imported =
          new ImportedBuffer(handle, attachment, table, new FrameTarget(view, layout, writer));
      attachment = null;
      return imported;
    } catch (DmaBufException failed) {
      undo(attachment, table, handle);
      throw failed;
    }
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
   *     context is closed
   */
  Fenced addWriteFence(FenceContext context) {
    handle.resv().lock();
    try {
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
    undo(attachment, table, handle);
  }

  private static void undo(Attachment attachment, SgTable table, DmaBuf handle) {
    try {
      if (table != null) {
        attachment.unmapUnlocked(table);
      }
      if (attachment != null) {
        attachment.detach();
      }
      handle.close();
    } catch (DmaBufException gone) {
      // The framework was first: it gives back what a stopped bundle has.
      LOG.debug("Releasing {}: {}", handle, gone.getMessage());
    }
  }
}
