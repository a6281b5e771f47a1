package org.dmabuf.video.queue;

import java.util.function.BiFunction;
import org.dmabuf.Errno;

/**
 * A buffer's way back to the program: DQBUF.
 *
 * <pre>
 *   finished, or waited for (monitor) --> unmapped --> the program's (monitor)
 * </pre>
 *
 * <p>Kernel counterpart: {@code vb2_core_dqbuf()}.
 */
final class Retrieval {
  private final QueueState state;

  Retrieval(QueueState state) {
    this.state = state;
  }

  /**
   * Takes the next one.
   *
   * @param as what the caller is told
   */
  <T> T dequeue(Object by, boolean waits, BiFunction<BufferStatus, FrameNote, T> as) {
    VideoBuffer buffer;
    T taken;
    try {
      synchronized (state) {
        awaitDone(by, waits);
        buffer = state.done.remove();
        state.inFlight--;
        taken = as.apply(state.status(buffer), buffer.note);
        if (!state.type.isOutput() && buffer.position == VideoBuffer.Position.LAST) {
          state.stream.lastDequeued();
        }
        buffer.state = BufferState.MOVING;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw state.error(Errno.EINTR, "was waited for by a thread that was interrupted");
    }
    giveBack(buffer);
    return taken;
  }

  private void awaitDone(Object by, boolean waits) throws InterruptedException {
    state.guard.checkMayTake(by);
    if (state.waiter != null) {
      throw state.error(Errno.EBUSY, "is dequeued from by %s already", state.waiter.getName());
    }
    checkCanCome();
    while (state.done.isEmpty()) {
      if (!waits) {
        throw state.error(Errno.EAGAIN, "has no finished buffer yet");
      }
      state.waiter = Thread.currentThread();
      try {
        state.wait();
      } finally {
        state.waiter = null;
      }
      checkCanCome();
    }
  }

  /** What was done before the driver left comes first, and only then ENODEV. */
  private void checkCanCome() {
    if (state.guard.isLeaving()) {
      if (state.done.isEmpty() && state.guard.isGone()) {
        state.guard.checkHere();
      }
      return;
    }
    if (!state.stream.isOn()) {
      throw state.error(Errno.EINVAL, "does not stream; switch the stream on before dequeuing");
    }
    if (state.stream.isBroken()) {
      throw state.error(Errno.EIO, "cannot go on; switch the stream off to begin anew");
    }
    if (state.stream.isLastDequeued()) {
      throw state.error(Errno.EPIPE, "has no more frames; switch the stream off to begin anew");
    }
  }

  /** Unmaps a buffer that the caller moves; then it is the program's. */
  void giveBack(VideoBuffer buffer) {
    buffer.finish();
    boolean forgotten;
    synchronized (state) {
      buffer.state = BufferState.DEQUEUED;
      buffer.readiness = VideoBuffer.Readiness.UNPREPARED;
      buffer.position = VideoBuffer.Position.MIDDLE;
      forgotten = state.isForgotten(buffer);
    }
    if (forgotten) {
      buffer.drop();
    }
  }
}
