package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plane in a dma-buf of the program.
 *
 * <pre>
 *               made              begin            finish            release
 *   VMAPPED     -                 vmap             vunmap            put
 *   ATTACHED    attach            map              unmap             detach, put
 *   MOVING      attach, dynamic   map              unmap             detach, put
 *                 settle: mapped anew where it was told of a move
 * </pre>
 *
 * <p>What is attached stays where it is while it is mapped; what may move is kept in its place by
 * the queue's fence, from {@link MovingMemory#settle} until the device is done.
 *
 * <p>Kernel counterpart: {@code vb2_vmalloc_map_dmabuf()}, {@code vb2_dc_attach_dmabuf()}.
 */
abstract sealed class DmabufMemory implements PlaneMemory
    permits DmabufMemory.Vmapped, DmabufMemory.Attached, MovingMemory {
  private static final Logger LOG = LoggerFactory.getLogger(DmabufMemory.class);

  private final DmaBuf handle;
  private final List<DmaResv> reservation;
  private FrameView view; // null while it is not mapped

  DmabufMemory(DmaBuf handle) {
    this.handle = handle;
    this.reservation = List.of(handle.resv());
  }

  /** Takes a buffer for a device that works with adjacent addresses of the CPU. */
  static DmabufMemory vmapped(DmaBuf handle, DmaDirection direction, TransferMeter meter) {
    return new Vmapped(handle, direction, meter);
  }

  /** Attaches a device, by its own constraints; the handle stays the caller's when it fails. */
  static DmabufMemory attached(
      DmaBuf handle, DmaDevice device, DmaDirection direction, TransferMeter meter) {
    return new Attached(handle, handle.attach(device), direction, meter);
  }

  /**
   * Attaches a device that copes with storage that moves; the handle stays the caller's when it
   * fails.
   */
  static DmabufMemory moving(
      DmaBuf handle, DmaDevice device, DmaDirection direction, TransferMeter meter) {
    return new MovingMemory(handle, device, direction, meter);
  }

  /** Returns whether its storage may move while it is mapped, when no fence keeps it. */
  boolean mayMove() {
    return false;
  }

  /** Returns whether it is the same dma-buf. */
  final boolean isOf(DmaBuf other) {
    return handle.inode() == other.inode();
  }

  /** Maps and returns what the device may access. */
  abstract FrameView map();

  /** Undoes {@link #map}. */
  abstract void unmap();

  /** Detaches, if it was attached. */
  void detach() {}

  final DmaBuf handle() {
    return handle;
  }

  final void replaceView(FrameView fresh) {
    view = fresh;
  }

  @Override
  public final void begin() {
    if (view == null) {
      view = map();
    }
  }

  @Override
  public final void finish() {
    if (view != null) {
      view = null;
      guarded(this::unmap);
    }
  }

  @Override
  public final void release() {
    finish();
    guarded(this::detach);
    guarded(handle::close);
  }

  @Override
  public final FrameView view() {
    if (view == null) {
      throw new DmaBufException(
          Errno.EINVAL, handle + " is not mapped for its device; it is while it is queued");
    }
    return view;
  }

  @Override
  public final List<DmaResv> reservation() {
    return reservation;
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (DmaBufException gone) {
      // The framework was first: it gives back what a stopped bundle has.
      LOG.debug("Giving {} back: {}", handle, gone.getMessage());
    }
  }

  static final class Vmapped extends DmabufMemory {
    private final DmaDirection direction;
    private final TransferMeter meter;
    private MemorySegment address;

    Vmapped(DmaBuf handle, DmaDirection direction, TransferMeter meter) {
      super(handle);
      this.direction = direction;
      this.meter = meter;
    }

    @Override
    FrameView map() {
      handle().resv().lockInterruptibly();
      try {
        address = handle().vmap();
      } catch (DmaBufException cannot) {
        if (cannot.errno() != Errno.EINVAL) {
          throw cannot;
        }
        throw new DmaBufException(
            Errno.EFAULT,
            "%s cannot be had at adjacent addresses, as its device needs it: %s"
                .formatted(handle(), cannot.sentence()));
      } finally {
        handle().resv().unlock();
      }
      return new FrameView(List.of(direction.writes() ? address : address.asReadOnly()), meter);
    }

    @Override
    void unmap() {
      handle().resv().lock();
      try {
        handle().vunmap(address);
      } finally {
        handle().resv().unlock();
      }
    }
  }

  static final class Attached extends DmabufMemory {
    private final Attachment attachment;
    private final DmaDirection direction;
    private final TransferMeter meter;
    private SgTable table;
    private FrameView seen; // of the table, which an exporter that caches gives again

    Attached(DmaBuf handle, Attachment attachment, DmaDirection direction, TransferMeter meter) {
      super(handle);
      this.attachment = attachment;
      this.direction = direction;
      this.meter = meter;
    }

    @Override
    FrameView map() {
      SgTable now = attachment.mapUnlocked(direction);
      if (now != table) {
        table = now;
        seen = new FrameView(attachment.access(now), meter);
      }
      return seen;
    }

    @Override
    void unmap() {
      attachment.unmapUnlocked(table);
    }

    @Override
    void detach() {
      attachment.detach();
    }
  }
}
