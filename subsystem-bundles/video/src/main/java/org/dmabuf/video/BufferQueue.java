package org.dmabuf.video;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;

/**
 * The state of a device's queue; see {@link BufferState} for its buffers, and {@link QueueGuard}
 * for who may use it.
 *
 * <pre>
 *   OFF --streamOn--> ON --streamOff--> STOPPING --thread has ended--> OFF
 *
 *   ON --leave()--> ON, nothing accepted --thread has ended, left()--> what is DONE is dequeued
 * </pre>
 *
 * <p>Every method is one step under the monitor and calls nothing outside of this package but the
 * clock: who calls it releases buffers and completes fences with what it returns. Kernel
 * counterpart: {@code struct vb2_queue}.
 */
final class BufferQueue {
  static final int MIN_BUFFERS = 2;
  static final int MAX_BUFFERS = 64;

  private enum State {
    OFF,
    ON,
    STOPPING
  }

  private final QueueGuard guard;
  private final DmaClock clock;
  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Slot> queued = new ArrayDeque<>();
  private final Deque<Slot> finished = new ArrayDeque<>();
  private State state = State.OFF;
  private Fencing fencing = Fencing.NONE;
  private FrameLayout layout;
  private CaptureStream stream;
  private long sequence;

  BufferQueue(String device, DmaClock clock) {
    this.guard = new QueueGuard(device);
    this.clock = clock;
  }

  // ---- Settings ----

  synchronized void checkFormatFree() {
    guard.checkHere();
    if (!slots.isEmpty()) {
      throw guard.error(
          Errno.EBUSY, "has %d buffers and keeps its format; free them first", slots.size());
    }
  }

  synchronized void setLayout(FrameLayout wanted) {
    checkFormatFree();
    layout = wanted;
  }

  synchronized FrameLayout layout() {
    if (layout == null) {
      throw guard.error(Errno.EINVAL, "has no format yet; set one first");
    }
    return layout;
  }

  synchronized void setFencing(VideoFile by, Fencing mode) {
    guard.checkNotOther(by);
    if (state != State.OFF) {
      throw guard.error(Errno.EBUSY, "streams and keeps its fencing; switch the stream off first");
    }
    fencing = mode;
  }

  synchronized Fencing fencing() {
    return fencing;
  }

  // ---- Buffers ----

  /** REQBUFS; returns what the buffers there were leave. */
  synchronized Left request(VideoFile by, int count) {
    guard.checkHere();
    guard.checkNotOther(by);
    if (count < 0) {
      throw guard.error(Errno.EINVAL, "was asked for %d buffers; 0 to %d work", count, MAX_BUFFERS);
    }
    if (state != State.OFF) {
      throw guard.error(Errno.EBUSY, "streams and keeps its buffers; switch the stream off first");
    }
    if (slots.stream().anyMatch(slot -> slot.state == BufferState.PREPARING)) {
      throw guard.error(
          Errno.EBUSY, "is being given a buffer by another thread; ask again after it");
    }
    if (count > 0) {
      layout();
    }
    Left left = free(by);
    for (int i = 0; i < granted(count); i++) {
      slots.add(new Slot(i));
    }
    guard.setOwner(slots.isEmpty() ? null : by);
    return left;
  }

  static int granted(int count) {
    return count == 0 ? 0 : Math.clamp(count, MIN_BUFFERS, MAX_BUFFERS);
  }

  /** Forgets all buffers, as far as they are this file's. */
  synchronized Left free(VideoFile by) {
    Left left = new Left();
    if (!guard.isOwner(by)) {
      return left;
    }
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING || slot.state == BufferState.ACTIVE) {
        slot.orphaned = true;
      } else {
        left.takeFence(slot);
        left.takeBuffer(slot);
      }
    }
    slots.clear();
    queued.clear();
    finished.clear();
    guard.setOwner(null);
    return left;
  }

  /** QBUF, first step: the caller has the slot until {@link #queued} or {@link #notQueued}. */
  synchronized Slot prepare(VideoFile by, int index) {
    guard.checkHere();
    guard.checkOwner(by);
    if (index < 0 || index >= slots.size()) {
      throw guard.error(
          Errno.EINVAL, "has no buffer %d; 0 to %d would work", index, slots.size() - 1);
    }
    Slot slot = slots.get(index);
    if (slot.state != BufferState.DEQUEUED) {
      throw guard.error(
          Errno.EINVAL, "was given buffer %d, which is %s; dequeue it first", index, slot.state);
    }
    guard.checkNotEnded();
    slot.state = BufferState.PREPARING;
    return slot;
  }

  synchronized void queued(Slot slot) {
    guard.checkHere();
    if (slot.orphaned) {
      throw guard.error(
          Errno.EINVAL, "lost buffer %d while it was queued: it was freed", slot.index);
    }
    guard.checkNotEnded();
    slot.state = BufferState.QUEUED;
    queued.add(slot);
    notifyAll();
  }

  /** A failed QBUF drops what the index held. */
  synchronized Left notQueued(Slot slot) {
    slot.state = BufferState.DEQUEUED;
    Left left = new Left();
    left.takeFence(slot);
    left.takeBuffer(slot);
    return left;
  }

  /** DQBUF; empty when there is nothing yet. */
  synchronized Optional<CapturedBuffer> poll(VideoFile by) {
    if (guard.isOwner(by) && state == State.ON) {
      Slot slot = finished.poll();
      if (slot != null) {
        CapturedBuffer result = slot.result;
        slot.result = null;
        slot.state = BufferState.DEQUEUED;
        return Optional.of(result);
      }
      guard.checkNotEnded();
      // A frame may have been accepted that is not published yet: only GONE is the end.
      if (!guard.isGone()) {
        return Optional.empty();
      }
    }
    guard.checkHere();
    guard.checkOwner(by);
    throw guard.error(Errno.EINVAL, "does not stream; switch the stream on before dequeuing");
  }

  /** DQBUF that waits until a time of the clock, at which the caller has {@link #ring} called. */
  synchronized Optional<CapturedBuffer> poll(VideoFile by, long deadline)
      throws InterruptedException {
    Optional<CapturedBuffer> result = poll(by);
    while (result.isEmpty() && deadline - clock.nanos() > 0) {
      wait();
      result = poll(by);
    }
    return result;
  }

  // ---- Stream on and off ----

  synchronized void start(VideoFile by, CaptureStream fresh) {
    guard.checkHere();
    guard.checkOwner(by);
    if (state == State.STOPPING) {
      throw guard.error(Errno.EBUSY, "is being switched off by another thread; ask again after it");
    }
    if (state == State.ON) {
      return;
    }
    state = State.ON;
    sequence = 0;
    stream = fresh;
    fresh.start();
  }

  /** STREAMOFF, first step: no frame is accepted any more; returns whose end to wait for. */
  synchronized Optional<CaptureStream> stop(VideoFile by) {
    guard.checkNotOther(by);
    if (state == State.OFF) {
      return Optional.empty();
    }
    state = State.STOPPING;
    stream.requestStop();
    notifyAll();
    return Optional.of(stream);
  }

  /** STREAMOFF, last step: all buffers are the program's, those it had queued are cancelled. */
  synchronized Left stopped(VideoFile by) {
    Left left = new Left();
    if (!guard.isOwner(by)) {
      return left;
    }
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING) {
        continue;
      }
      left.takeFence(slot);
      slot.result = null;
      if (slot.state != BufferState.ACTIVE) {
        slot.state = BufferState.DEQUEUED;
      }
    }
    queued.clear();
    finished.clear();
    stream = null;
    guard.setEnded(null);
    state = State.OFF;
    notifyAll();
    return left;
  }

  /** The driver leaves, first step; returns whose end to wait for. */
  synchronized Optional<CaptureStream> leave() {
    guard.driverLeaves();
    if (stream != null) {
      stream.requestStop();
    }
    notifyAll();
    return Optional.ofNullable(stream);
  }

  /** The driver leaves, last step: gives up everything but the results. */
  synchronized Left left() {
    guard.driverIsGone();
    Left left = new Left();
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING) {
        continue; // who prepares it finds out
      }
      left.takeFence(slot);
      if (slot.state != BufferState.ACTIVE) {
        left.takeBuffer(slot);
      }
      if (slot.state == BufferState.QUEUED) {
        slot.state = BufferState.DEQUEUED;
      }
    }
    queued.clear();
    notifyAll();
    return left;
  }

  /** Returns whether the driver is leaving, or has left. */
  synchronized boolean isLeaving() {
    return guard.isLeaving();
  }

  // ---- The device's thread ----

  /** Waits for the next buffer and takes it; empty when the stream stops. */
  synchronized Optional<Slot> activate(CaptureStream by) throws InterruptedException {
    while (queued.isEmpty() && !by.isStopping()) {
      wait();
    }
    if (by.isStopping()) {
      return Optional.empty();
    }
    Slot slot = queued.remove();
    slot.state = BufferState.ACTIVE;
    return Optional.of(slot);
  }

  /** Lets those that wait for a time look at the clock. */
  synchronized void ring() {
    notifyAll();
  }

  /**
   * Accepts a buffer as finished, unless a stop came first.
   *
   * @return its sequence number; -1 when it is not accepted
   */
  synchronized long accept(CaptureStream by, Slot slot, BufferState as) {
    if (by.isStopping() || slot.orphaned) {
      return -1;
    }
    slot.state = as;
    return sequence++;
  }

  /** Takes an accepted buffer's fence, which the caller completes; null when there is none. */
  synchronized DmaFence takeFence(Slot slot) {
    return slot.takeFence();
  }

  /** Lets an accepted buffer be dequeued; its fence is complete by now. */
  synchronized void publish(CaptureStream by, Slot slot, CapturedBuffer result) {
    if (by == stream && !slot.orphaned) {
      slot.result = result;
      finished.add(slot);
      notifyAll();
    }
  }

  /** As {@link #publish}, and nothing will come after it; returns the fences that never will. */
  synchronized Left publishEnd(
      CaptureStream by, Slot slot, CapturedBuffer result, String sentence) {
    Left left = new Left();
    if (by == stream) {
      guard.setEnded(sentence);
      queued.forEach(left::takeFence);
      publish(by, slot, result);
    }
    return left;
  }

  /** The thread gives a buffer back that it did not finish. */
  synchronized Left giveBack(Slot slot) {
    Left left = new Left();
    slot.state = BufferState.DEQUEUED;
    left.takeFence(slot);
    if (guard.isLeaving() || slot.orphaned) {
      left.takeBuffer(slot);
    }
    return left;
  }
}
