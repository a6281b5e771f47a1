package org.dmabuf.video.queue;

import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * A buffer's way through the device.
 *
 * <pre>
 *   activate (monitor) --> device --> accepted (monitor) --> fence completed --> done (monitor)
 *                                        \--- a stop came first: nothing is done
 * </pre>
 *
 * <p>Kernel counterpart: {@code vb2_buffer_done()}.
 */
final class Completion {
  private final QueueState state;
  private final QueueFences fences;

  Completion(QueueState state, QueueFences fences) {
    this.state = state;
    this.fences = fences;
  }

  Optional<VideoBuffer> peek() {
    synchronized (state) {
      boolean works = state.stream.isRunning() && !state.stream.isEnded();
      return works ? Optional.ofNullable(state.queued.peek()) : Optional.empty();
    }
  }

  Optional<VideoBuffer> activate() {
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

  void putBack(VideoBuffer buffer) {
    synchronized (state) {
      if (state.stream.isRunning() && buffer.state == BufferState.ACTIVE) {
        buffer.state = BufferState.QUEUED;
        state.queued.addFirst(buffer);
      }
    }
  }

  /** Finishes a buffer; returns whether it was accepted. */
  boolean finish(VideoBuffer buffer, FrameResult result, long timestampNanos) {
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
