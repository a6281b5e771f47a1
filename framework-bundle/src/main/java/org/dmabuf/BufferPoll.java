package org.dmabuf;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.file.PollEvents;
import org.dmabuf.resv.Usage;
import org.dmabuf.seam.Seam;

/**
 * Says when a buffer is ready: to be read when no writer is pending, to be written when nobody is.
 *
 * <pre>
 *   each direction   IDLE --asked while a fence is pending--> ARMED   a callback on that fence, and
 *                     ^                                         |     a reference to the file
 *                     +----the fence completes: who waits is----+
 *                          woken, the reference is dropped
 * </pre>
 *
 * <p>A direction that is armed is not ready and arms nothing more, however many ask. So a poll that
 * found a pending fence keeps the buffer until that fence completes; the reference is dropped on
 * the signalling thread, and when it was the last one the buffer is released there. The callback is
 * the framework's and holds nothing of who asked. Thread-safe. Kernel counterpart: {@code
 * dma_buf_poll()} and {@code dma_buf_poll_cb()}.
 */
final class BufferPoll {
  private enum Phase {
    IDLE,
    ARMED
  }

  private static final class Direction {
    final DmaBufFile file;
    final int event;
    final Usage waitsFor;
    final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);
    final FenceCallback callback = new FenceCallback(this::fired, closed -> {});

    Direction(DmaBufFile file, int event, boolean write) {
      this.file = file;
      this.event = event;
      this.waitsFor = Usage.toWaitFor(write);
    }

    /** Returns whether nothing is pending; the reservation is held. */
    boolean isReady() {
      Seam.step();
      if (!phase.compareAndSet(Phase.IDLE, Phase.ARMED)) {
        return false;
      }
      if (!file.tryGet()) {
        phase.set(Phase.IDLE);
        return false;
      }
      for (DmaFence fence : file.buffer().resv().pending(waitsFor)) {
        if (fence.addCallback(callback)) {
          return false;
        }
      }
      Seam.step();
      phase.set(Phase.IDLE);
      file.put();
      return true;
    }

    private void fired(DmaFence fence) {
      // Idle before anyone is woken, for they ask again and must find it so.
      Seam.step();
      phase.set(Phase.IDLE);
      file.announce(event);
      file.put();
    }
  }

  private final BufferObject buffer;
  private final Direction out;
  private final Direction in;

  BufferPoll(DmaBufFile file) {
    this.buffer = file.buffer();
    this.out = new Direction(file, PollEvents.POLLOUT, true);
    this.in = new Direction(file, PollEvents.POLLIN, false);
  }

  /**
   * Says what is ready, and sees to it that who waits for the rest is woken.
   *
   * @param events what is asked; all but IN and OUT is ignored
   * @return what of it is ready
   */
  int poll(int events) {
    int ready = 0;
    buffer.resv().lock();
    try {
      if ((events & out.event) != 0 && out.isReady()) {
        ready |= out.event;
      }
      if ((events & in.event) != 0 && in.isReady()) {
        ready |= in.event;
      }
    } finally {
      buffer.resv().unlock();
    }
    if (ready != 0) {
      // As if a callback had fired: a fence may have completed just before it could be added.
      buffer.file().announce(ready);
    }
    return ready;
  }
}
