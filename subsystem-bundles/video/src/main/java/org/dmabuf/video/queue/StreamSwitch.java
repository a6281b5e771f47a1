package org.dmabuf.video.queue;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * STREAMON and STREAMOFF.
 *
 * <pre>
 *   off   no more is activated (monitor) --> device is done --> all taken (monitor)
 *         --> fences cancelled, unmapped --> the program's --> off (monitor)
 * </pre>
 *
 * <p>Kernel counterpart: {@code vb2_core_streamon()}, {@code __vb2_queue_cancel()}.
 */
final class StreamSwitch {
  private final QueueState state;
  private final QueueFences fences;
  private final Retrieval retrieval;

  StreamSwitch(QueueState state, QueueFences fences, Retrieval retrieval) {
    this.state = state;
    this.fences = fences;
    this.retrieval = retrieval;
  }

  /** Switches on; returns whether the device is to begin. */
  boolean on() {
    synchronized (state) {
      if (state.stream.isStopping()) {
        throw state.error(
            Errno.EBUSY, "is being switched off by another thread; ask again after it");
      }
      if (state.stream.isOn()) {
        return false;
      }
      int least = Math.max(1, state.limits.toStart());
      if (state.slots.count() < least) {
        throw state.error(
            Errno.EINVAL,
            "was to stream with %d buffers; request %d or more first",
            state.slots.count(),
            least);
      }
      state.stream.begin();
      return state.inFlight >= state.limits.toStart() && state.stream.run();
    }
  }

  /**
   * Switches off, also when it is off: all buffers are the program's, but those that a device did
   * not let go in time, which follow when it does. When the driver leaves, what is done stays so.
   */
  void off(QueueWork work) {
    if (begin()) {
      work.stop();
    }
    List<DmaFence> pending = new ArrayList<>();
    List<VideoBuffer> taken = takeAll(pending);
    pending.forEach(fence -> fences.complete(fence, Errno.ECANCELED));
    taken.forEach(retrieval::giveBack);
    synchronized (state) {
      state.stream.stopped();
      state.notifyAll();
    }
  }

  /** After another thread's that is on its way; returns whether the device has to be stopped. */
  private boolean begin() {
    boolean interrupted = false;
    boolean runs;
    synchronized (state) {
      while (state.stream.isStopping()) {
        try {
          state.wait();
        } catch (InterruptedException later) {
          interrupted = true; // it takes no longer than the device needs to end its frame
        }
      }
      runs = state.stream.stop();
      state.notifyAll();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return runs;
  }

  /** Takes all but those that another thread moves, and the fences of all that are cancelled. */
  private List<VideoBuffer> takeAll(List<DmaFence> pending) {
    synchronized (state) {
      boolean leaving = state.guard.isLeaving();
      List<VideoBuffer> back = new ArrayList<>();
      for (VideoBuffer buffer : state.slots.all()) {
        boolean done = buffer.state == BufferState.DONE || buffer.state == BufferState.ERROR;
        if (buffer.state != BufferState.MOVING && !(leaving && done)) {
          buffer.state = BufferState.MOVING;
          pending.add(buffer.takeFence());
          if (buffer.hold == VideoBuffer.Hold.FREE) {
            back.add(buffer);
          }
        }
      }
      state.queued.clear();
      state.inFlight = 0;
      if (!leaving) {
        state.done.clear();
      }
      state.untouch();
      return back;
    }
  }
}
