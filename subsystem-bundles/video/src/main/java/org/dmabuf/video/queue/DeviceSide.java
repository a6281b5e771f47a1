package org.dmabuf.video.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.PollEvents;

/**
 * A buffer's way through the device, for who works behind the queue.
 *
 * <pre>
 *   activate (monitor) --> device --> accepted (monitor) --> fence completed --> driver told
 *                             |                                  --> done (monitor)
 *                             \--- a stop came first: let go, given back when the stop did not wait
 * </pre>
 *
 * <p>Thread-safe; nothing blocks. Kernel counterpart: {@code vb2_buffer_done()}.
 */
public final class DeviceSide {
  private final QueueState state;
  private final QueueFences fences;
  private final DmaClock clock;
  private final Retrieval retrieval;
  private final IntConsumer waker;

  DeviceSide(
      QueueState state,
      QueueFences fences,
      DmaClock clock,
      Retrieval retrieval,
      IntConsumer waker) {
    this.state = state;
    this.fences = fences;
    this.clock = clock;
    this.retrieval = retrieval;
    this.waker = waker;
  }

  /** Returns the next buffer without taking it; empty as {@link #activate}. */
  public Optional<VideoBuffer> peek() {
    synchronized (state) {
      boolean works = state.stream.isRunning() && !state.stream.isEnded();
      return works ? Optional.ofNullable(state.queued.peek()) : Optional.empty();
    }
  }

  /** Returns the number of the next frame that is finished, in its stream. */
  public long sequence() {
    synchronized (state) {
      return state.stream.sequence();
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
            buffer.hold = VideoBuffer.Hold.HELD;
          });
      return next;
    }
  }

  /** Gives a buffer back unused, which is the next one again. */
  public void putBack(VideoBuffer buffer) {
    synchronized (state) {
      if (state.stream.isRunning() && buffer.state == BufferState.ACTIVE) {
        buffer.state = BufferState.QUEUED;
        buffer.hold = VideoBuffer.Hold.FREE;
        state.queued.addFirst(buffer);
        return;
      }
    }
    letGo(buffer);
  }

  /**
   * Says that the device uses a buffer no longer that it has neither finished nor put back, for its
   * stream ends.
   */
  public void letGo(VideoBuffer buffer) {
    boolean late;
    synchronized (state) {
      // A stop that could not wait for the device has left the buffer to it.
      late = buffer.hold == VideoBuffer.Hold.HELD && buffer.state == BufferState.MOVING;
      buffer.hold = VideoBuffer.Hold.FREE;
    }
    if (late) {
      retrieval.giveBack(buffer);
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
    return finish(buffer, result, timestampNanos, () -> {});
  }

  /**
   * As {@link #finish(VideoBuffer, FrameResult, long)}, and tells that it was accepted.
   *
   * @param accepted called after the fence is completed and before the buffer can be dequeued, with
   *     no lock held; not at all when a stop came first; must not throw
   */
  public boolean finish(
      VideoBuffer buffer, FrameResult result, long timestampNanos, Runnable accepted) {
    long stream = accept(buffer, result, timestampNanos);
    if (stream < 0) {
      letGo(buffer);
      return false;
    }
    accepted.run();
    synchronized (state) {
      boolean same = state.stream.isRunning() && state.stream.number() == stream;
      // What a driver has done before it left can be had.
      if (same || state.guard.isLeaving()) {
        state.done.add(buffer);
        if (result.outcome() == FrameResult.Outcome.BROKEN) {
          state.stream.broken();
        }
        state.notifyAll();
      }
    }
    boolean broken = result.outcome() == FrameResult.Outcome.BROKEN;
    int ready = state.type.isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN;
    waker.accept(ready | (broken ? PollEvents.POLLERR : 0));
    return true;
  }

  /** Completes the fence, and at the end all others; returns the stream, -1 when it was stopped. */
  private long accept(VideoBuffer buffer, FrameResult result, long timestampNanos) {
    DmaFence fence;
    long stream;
    List<DmaFence> never = List.of();
    synchronized (state) {
      if (!state.stream.isRunning() || buffer.state != BufferState.ACTIVE) {
        return -1;
      }
      stream = state.stream.number();
      note(buffer, result, timestampNanos);
      fence = buffer.takeFence();
      if (result.isEnd()) {
        never = new ArrayList<>();
        for (VideoBuffer other : state.queued) {
          never.add(other.takeFence());
        }
      }
    }
    fences.complete(fence, result.fenceError());
    never.forEach(other -> fences.complete(other, Errno.EPIPE));
    return stream;
  }

  private void note(VideoBuffer buffer, FrameResult result, long timestampNanos) {
    buffer.hold = VideoBuffer.Hold.FREE;
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
