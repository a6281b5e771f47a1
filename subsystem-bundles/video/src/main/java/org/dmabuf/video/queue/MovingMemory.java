package org.dmabuf.video.queue;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ImporterOps;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.sg.SgTable;

/**
 * A plane in a dma-buf of the program whose storage may move while the device does not use it: its
 * attachment is told of moves.
 *
 * <pre>
 *   MOVED --begin: mapped--> SETTLED --told of a move--> MOVED --settle: mapped anew--> SETTLED
 * </pre>
 *
 * <p>From settle until the queue's fence is signalled it stays where it is. State and table are
 * guarded by the reservation.
 */
final class MovingMemory extends DmabufMemory implements ImporterOps {
  private enum State {
    SETTLED,
    MOVED
  }

  private final Attachment attachment;
  private final DmaDirection direction;
  private final TransferMeter meter;
  private State state = State.MOVED;
  private SgTable table;

  MovingMemory(DmaBuf handle, DmaDevice device, DmaDirection direction, TransferMeter meter) {
    super(handle);
    this.direction = direction;
    this.meter = meter;
    this.attachment = handle.attach(device, this);
  }

  @Override
  public void moveNotify(Attachment moved) {
    state = State.MOVED;
  }

  @Override
  boolean mayMove() {
    return true;
  }

  @Override
  FrameView map() {
    handle().resv().lockInterruptibly();
    try {
      return mapHere();
    } finally {
      handle().resv().unlock();
    }
  }

  private FrameView mapHere() {
    SgTable fresh = attachment.map(direction);
    try {
      FrameView view = new FrameView(attachment.access(fresh), meter);
      table = fresh;
      state = State.SETTLED;
      return view;
    } catch (DmaBufException unsuitable) {
      attachment.unmap(fresh);
      throw unsuitable;
    }
  }

  @Override
  public void settle() {
    if (state == State.SETTLED || table == null) {
      return;
    }
    SgTable before = table;
    try {
      replaceView(mapHere());
    } catch (DmaBufException gone) {
      if (gone.errno() != Errno.ENODEV) {
        throw gone;
      }
      // Its exporter has gone and moves it no more: what is mapped stays valid.
      state = State.SETTLED;
      return;
    }
    attachment.unmap(before);
  }

  @Override
  void unmap() {
    handle().resv().lock();
    try {
      attachment.unmap(table);
      table = null;
    } finally {
      handle().resv().unlock();
    }
  }

  @Override
  void detach() {
    attachment.detach();
  }
}
