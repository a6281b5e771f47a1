package org.dmabuf.video.queue;

import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * A buffer's way from the program to the device: PREPARE_BUF and QBUF.
 *
 * <pre>
 *   begin (monitor) --> memory found and mapped --> fences --> prepared, or queued (monitor)
 *                            \--- failed ---> dropped --> back where it was (monitor)
 * </pre>
 *
 * <p>Kernel counterpart: {@code vb2_queue_or_prepare_buf()}, {@code vb2_core_qbuf()}.
 */
final class Submission {
  private final QueueState state;
  private final BufferIntake intake;
  private final QueueFences fences;

  /**
   * What came of a queue.
   *
   * @param starts whether the device is to begin with it
   * @param fence for when the device is done; empty when none was wanted
   */
  record Queued(boolean starts, Optional<DmaFence> fence) {
    private static final Queued STARTS = new Queued(true, Optional.empty());
    private static final Queued GOES_ON = new Queued(false, Optional.empty());

    static Queued of(boolean starts, Optional<DmaFence> fence) {
      if (fence.isPresent()) {
        return new Queued(starts, fence);
      }
      return starts ? STARTS : GOES_ON;
    }
  }

  Submission(QueueState state, BufferIntake intake, QueueFences fences) {
    this.state = state;
    this.intake = intake;
    this.fences = fences;
  }

  void prepare(Object by, QueueRequest request) {
    VideoBuffer buffer = begin(by, request, true);
    boolean taken = false;
    try {
      intake.take(buffer, request, request.memory().get(), state.fencing());
      synchronized (state) {
        checkStillHere(buffer);
        buffer.readiness = VideoBuffer.Readiness.PREPARED;
        buffer.state = BufferState.DEQUEUED;
      }
      taken = true;
    } catch (DmaBufException refused) {
      throw state.orGone(refused);
    } finally {
      if (!taken) {
        notTaken(buffer, request);
      }
    }
  }

  Queued queue(Object by, QueueRequest request) {
    QueueFencing mode = state.fencing();
    QueueFences.check(request, mode, state.guard.device());
    VideoBuffer buffer = begin(by, request, false);
    boolean taken = false;
    try {
      if (buffer.readiness == VideoBuffer.Readiness.UNPREPARED) {
        intake.take(buffer, request, request.memory().get(), mode);
      }
      fences.attach(buffer, request, mode);
      Optional<DmaFence> fence =
          mode == QueueFencing.EXPLICIT ? Optional.ofNullable(buffer.fence) : Optional.empty();
      boolean starts = queued(buffer, request);
      taken = true;
      return Queued.of(starts, fence);
    } catch (DmaBufException refused) {
      throw state.orGone(refused);
    } finally {
      if (!taken) {
        notTaken(buffer, request);
      }
    }
  }

  /** From now on the caller has the buffer. */
  private VideoBuffer begin(Object by, QueueRequest request, boolean prepares) {
    synchronized (state) {
      state.guard.checkNotOther(by);
      VideoBuffer buffer = state.find(request.index());
      if (request.memory().isEmpty() || request.memory().get() != state.kind) {
        throw state.error(
            Errno.EINVAL,
            "has %s buffers and was given one of %s",
            state.kind,
            request.memory().map(MemoryType::name).orElse("no kind"));
      }
      boolean ready = buffer.readiness == VideoBuffer.Readiness.PREPARED;
      if (buffer.state != BufferState.DEQUEUED || (prepares && ready)) {
        throw state.error(
            Errno.EINVAL, "was given %s%s; dequeue it first", buffer, ready ? ", prepared" : "");
      }
      if (state.stream.isBroken()) {
        throw state.error(Errno.EIO, "cannot go on; switch the stream off to begin anew");
      }
      if (!ready) {
        intake.check(buffer, request, state.kind);
      }
      buffer.state = BufferState.MOVING;
      return buffer;
    }
  }

  private boolean queued(VideoBuffer buffer, QueueRequest request) {
    synchronized (state) {
      checkStillHere(buffer);
      buffer.readiness = VideoBuffer.Readiness.PREPARED;
      buffer.position = VideoBuffer.Position.MIDDLE;
      buffer.timestampNanos = state.type.isOutput() ? request.timestampNanos() : 0;
      buffer.state = BufferState.QUEUED;
      state.queued.add(buffer);
      state.inFlight++;
      state.touched = QueueState.Touched.YES;
      return state.inFlight >= state.limits.toStart() && state.stream.run();
    }
  }

  private void checkStillHere(VideoBuffer buffer) {
    state.guard.checkHere();
    if (state.isForgotten(buffer)) {
      throw state.error(Errno.EINVAL, "lost %s while it was queued: it was freed", buffer);
    }
  }

  private void notTaken(VideoBuffer buffer, QueueRequest request) {
    fences.complete(buffer.takeFence(), Errno.ECANCELED);
    buffer.readiness = VideoBuffer.Readiness.UNPREPARED;
    if (request.memory().get() != MemoryType.MMAP) {
      buffer.drop();
    }
    boolean forgotten;
    synchronized (state) {
      buffer.state = BufferState.DEQUEUED;
      forgotten = state.isForgotten(buffer);
    }
    if (forgotten) {
      buffer.drop();
    }
  }
}
