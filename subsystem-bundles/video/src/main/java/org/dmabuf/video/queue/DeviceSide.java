package org.dmabuf.video.queue;

import java.util.Optional;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.WaitQueue;

/**
 * A buffer's way through the device, for who works behind the queue.
 *
 * <pre>
 *   activate (monitor) --> device --> accepted (monitor) --> fence completed --> done (monitor)
 *                                        \--- a stop came first: nothing is done
 * </pre>
 *
 * <p>Thread-safe; nothing blocks. Kernel counterpart: {@code vb2_buffer_done()}.
 */
public final class DeviceSide {
  private final QueueState state;
  private final QueueFences fences;
  private final DmaClock clock;
  private final WaitQueue waiters;

  DeviceSide(QueueState state, QueueFences fences, DmaClock clock, WaitQueue waiters) {
    this.state = state;
    this.fences = fences;
    this.clock = clock;
    this.waiters = waiters;
  }

  /** Returns the next buffer without taking it; empty as {@link #activate}. */
  public Optional<VideoBuffer> peek() {
    synchronized (state) {
      boolean works = state.stream.isRunning() && !state.stream.isEnded();
      return works ? Optional.ofNullable(state.queued.peek()) : Optional.empty();
    }
  }

  /** Takes the next buffer for the device; empty when there is none, or the stream is off. */
  public Optional<VideoBuffer> activate() {
    synchronized (state) {
      Optional<VideoBuffer> next = peek();
      next.ifPresent(
          buffer -> {
            state.queued.remove();
            buffer.state = BufferState.ACTIVE;
          });
      return next;
    }
  }

  /** Gives a buffer back unused, which is the next one again. */
  public void putBack(VideoBuffer buffer) {
    synchronized (state) {
      if (state.stream.isRunning() && buffer.state == BufferState.ACTIVE) {
        buffer.state = BufferState.QUEUED;
        state.queued.addFirst(buffer);
      }
    }
  }

  /**
   * Finishes a buffer that the device has, now: its fence is completed, then it can be dequeued.
   *
   * @param result what became of it, never null
   * @return whether it was accepted; false when the stream was switched off before
   */
  public boolean finish(VideoBuffer buffer, FrameResult result) {
    return finish(buffer, result, clock.nanos());
  }

  /** As {@link #finish(VideoBuffer, FrameResult)}, with the time of the frame that it is of. */
  public boolean finish(VideoBuffer buffer, FrameResult result, long timestampNanos) {
    long stream;
    DmaFence fence;
    synchronized (state) {
      if (!state.stream.isRunning() || buffer.state != BufferState.ACTIVE) {
        return false;
      }
      stream = state.stream.number();
      accept(buffer, result, timestampNanos);
      fence = buffer.takeFence();
    }
    fences.complete(fence, result.isError() ? Errno.EIO : null);
    synchronized (state) {
      if (state.stream.isRunning() && state.stream.number() == stream) {
        state.done.add(buffer);
        if (result.outcome() == FrameResult.Outcome.BROKEN) {
          state.stream.broken();
        }
        state.notifyAll();
      }
    }
    boolean broken = result.outcome() == FrameResult.Outcome.BROKEN;
    int ready = state.type.isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN;
    waiters.wake(ready | (broken ? PollEvents.POLLERR : 0));
    return true;
  }

  private void accept(VideoBuffer buffer, FrameResult result, long timestampNanos) {
    buffer.state = result.isError() ? BufferState.ERROR : BufferState.DONE;
    result.applyTo(buffer, state.type.isOutput());
    buffer.sequence = state.stream.nextSequence();
    if (!state.type.isOutput()) {
      buffer.timestampNanos = timestampNanos;
    }
    if (result.isEnd()) {
      state.stream.ended();
    }
  }
}
