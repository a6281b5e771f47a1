package org.dmabuf.display.kms;

import java.util.function.BooleanSupplier;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ImporterOps;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;

/**
 * A dma-buf as a display reaches it. One that stays where it is is mapped once; one whose storage
 * moves is mapped where a display is fastest, while it is pending or shown. Who writes it has a
 * mapping for that besides.
 *
 * <pre>
 *   stays:  MAPPED --close()--> unmapped, detached
 *   moves:  UNMAPPED --prepare()--> MAPPED, pinned --settled()--> MAPPED --idle()--> UNMAPPED
 *                                      ^-----------prepare()--------+
 * </pre>
 *
 * <p>Thread-safe.
 */
final class ImportedMemory implements FramebufferMemory {
  /** A mapping, and what is seen through it. */
  private record Mapped(SgTable table, FrameView view) {}

  private final Attachment attachment;
  private final Reaching reaching;
  private final TransferMeter meter;
  private final long size;
  // Changed with the reservation held; null: not mapped.
  private volatile Mapped shown;
  private volatile Mapped target;
  private int pins; // commits that are pending: it stays where it is while there are any

  private ImportedMemory(Attachment attachment, Reaching reaching, TransferMeter meter, long size) {
    this.attachment = attachment;
    this.reaching = reaching;
    this.meter = meter;
    this.size = size;
  }

  /**
   * Attaches, and maps what does not move; on failure nothing is left.
   *
   * @param buffer of which the caller keeps its count
   * @throws DmaBufException the exporter's errors
   */
  static ImportedMemory of(DmaBuf buffer, DmaDevice device, TransferMeter meter) {
    Reaching reaching = new Reaching();
    Attachment attachment =
        buffer.isDynamic() ? buffer.attach(device, reaching) : buffer.attach(device);
    ImportedMemory memory = new ImportedMemory(attachment, reaching, meter, buffer.size());
    try {
      if (!attachment.isDynamic()) {
        memory.reach(false);
      }
      return memory;
    } catch (DmaBufException refused) {
      attachment.detach();
      throw refused;
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

  @Override
  public long size() {
    return size;
  }

  @Override
  public DmaResv resv() {
    return attachment.resv();
  }

  @Override
  public FrameView view() {
    return shown.view();
  }

  @Override
  public FrameView target() {
    return target.view();
  }

  @Override
  public void prepare() {
    if (attachment.isDynamic()) {
      reach(false);
    }
  }

  @Override
  public void prepareTarget() {
    reach(true);
  }

  private void reach(boolean written) {
    resv().lockInterruptibly();
    try {
      pin();
      try {
        if (shown == null || reaching.moved) {
          remap();
        }
        if (written && target == null) {
          target = map(DmaDirection.BIDIRECTIONAL);
        }
      } catch (DmaBufException failed) {
        unpin();
        throw failed;
      }
    } finally {
      resv().unlock();
    }
  }

  @Override
  public boolean isTold() {
    return attachment.isDynamic();
  }

  @Override
  public void settled() {
    if (!attachment.isDynamic()) {
      return;
    }
    resv().lock();
    try {
      unpin();
    } finally {
      resv().unlock();
    }
  }

  @Override
  public void idle(BooleanSupplier still) {
    if (!attachment.isDynamic()) {
      return;
    }
    resv().lock();
    try {
      if (still.getAsBoolean()) {
        unmap();
      }
    } finally {
      resv().unlock();
    }
  }

  @Override
  public void close() {
    resv().lock();
    try {
      unmap();
      pins = Math.min(pins, 1);
      unpin();
    } finally {
      resv().unlock();
      attachment.detach();
    }
  }

  private void pin() {
    if (attachment.isDynamic()) {
      if (pins == 0) {
        attachment.pin();
      }
      pins++;
    }
  }

  private void unpin() {
    if (pins > 0 && --pins == 0) {
      attachment.unpin();
    }
  }

  /** Who reads the former mapping at this moment has begun to before it moved. */
  private void remap() {
    Mapped now = map(DmaDirection.TO_DEVICE);
    unmap();
    shown = now;
    reaching.moved = false;
  }

  private Mapped map(DmaDirection direction) {
    SgTable table = attachment.map(direction);
    try {
      if (table.size() < size) {
        throw new DmaBufException(
            Errno.EINVAL,
            "The mapping of %s has %d bytes of its %d; all of them would work"
                .formatted(attachment, table.size(), size));
      }
      return new Mapped(table, new FrameView(attachment.access(table), meter));
    } catch (DmaBufException failed) {
      attachment.unmap(table);
      throw failed;
    }
  }

  private void unmap() {
    Mapped seen = shown;
    Mapped written = target;
    shown = null;
    target = null;
    if (seen != null) {
      attachment.unmap(seen.table());
    }
    if (written != null) {
      attachment.unmap(written.table());
    }
  }
}
