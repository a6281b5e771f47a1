package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;

/**
 * A plane in memory of the program, which keeps it until the buffer is dequeued; a program that
 * frees it before has a frame that fails.
 */
final class UserMemory implements PlaneMemory {
  private final MemorySegment segment;
  private final FrameView view;

  /** Takes memory as it is; EFAULT when it is freed already, or belongs to one thread. */
  UserMemory(MemorySegment segment, TransferMeter meter) {
    if (!segment.scope().isAlive() || !segment.isAccessibleBy(new Thread())) {
      throw new DmaBufException(
          Errno.EFAULT,
          "Memory at 0x%x was queued to a device; memory that lives and that all threads may use"
                  .formatted(segment.address())
              + " would work");
    }
    this.segment = segment;
    this.view = new FrameView(List.of(segment), meter);
  }

  /** Returns whether it is the same memory. */
  boolean isOf(MemorySegment other) {
    return segment.equals(other);
  }

  @Override
  public void begin() {
    // The program's own mapping serves the device.
  }

  @Override
  public void finish() {
    // Nothing was made for it.
  }

  @Override
  public void release() {
    // The program has it.
  }

  @Override
  public FrameView view() {
    return view;
  }

  @Override
  public List<DmaResv> reservation() {
    return List.of();
  }
}
