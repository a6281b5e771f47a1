package org.dmabuf.video;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;

/**
 * The state of a device's queue, see {@link BufferState} for its buffers.
 *
 * <pre>
 *   OFF --streamOn--> ON --streamOff--> STOPPING --thread has ended--> OFF
 *                     |
 *                     +-- ended: the source's end, or broken; until streamOff
 *
 *   HERE --leave()--> LEAVING --thread has ended--> GONE    what is DONE can still be dequeued
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

  private enum Presence {
    HERE,
    LEAVING,
    GONE
  }

  /** What a step leaves to be done without the monitor. */
  record Left(List<DmaFence> fences, List<ImportedBuffer> buffers) {
    Left() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    private void take(DmaFence fence) {
      if (fence != null) {
        fences.add(fence);
      }
    }

    private void take(ImportedBuffer buffer) {
      if (buffer != null) {
        buffers.add(buffer);
      }
    }
  }

  private final String device;
  private final DmaClock clock;
  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Slot> queued = new ArrayDeque<>();
  private final Deque<Slot> finished = new ArrayDeque<>();
  private State state = State.OFF;
  private Fencing fencing = Fencing.NONE;
  private FrameLayout layout;
  private VideoFile owner;
  private CaptureStream stream;
  private String ended;
  private Presence driver = Presence.HERE;
  private long sequence;
  private long kicks;

  BufferQueue(String device, DmaClock clock) {
    this.device = device;
    this.clock = clock;
  }

  // ---- Settings ----

  synchronized void checkFormatFree() {
    checkHere();
    if (!slots.isEmpty()) {
      throw error(
          Errno.EBUSY, "has %d buffers and keeps its format; free them first", slots.size());
    }
  }

  synchronized void setLayout(FrameLayout wanted) {
    checkFormatFree();
    layout = wanted;
  }

  synchronized FrameLayout layout() {
    if (layout == null) {
      throw error(Errno.EINVAL, "has no format yet; set one first");
    }
    return layout;
  }

  synchronized void setFencing(VideoFile by, Fencing mode) {
    checkNotOther(by);
    if (state != State.OFF) {
      throw error(Errno.EBUSY, "streams and keeps its fencing; switch the stream off first");
    }
    fencing = mode;
  }

  synchronized Fencing fencing() {
    return fencing;
  }

  // ---- Buffers ----

  /** REQBUFS; returns what the buffers there were leave. */
  synchronized Left request(VideoFile by, int count) {
    checkHere();
    checkNotOther(by);
    if (count < 0) {
      throw error(Errno.EINVAL, "was asked for %d buffers; 0 to %d work", count, MAX_BUFFERS);
    }
    if (state != State.OFF) {
      throw error(Errno.EBUSY, "streams and keeps its buffers; switch the stream off first");
    }
    if (slots.stream().anyMatch(slot -> slot.state == BufferState.PREPARING)) {
      throw error(Errno.EBUSY, "is being given a buffer by another thread; ask again after it");
    }
    if (count > 0) {
      layout();
    }
    Left left = free(by);
    for (int i = 0; i < granted(count); i++) {
      slots.add(new Slot(i));
    }
    owner = slots.isEmpty() ? null : by;
    return left;
  }

  static int granted(int count) {
    return count == 0 ? 0 : Math.clamp(count, MIN_BUFFERS, MAX_BUFFERS);
  }

  /** Forgets all buffers, as far as they are this file's. */
  synchronized Left free(VideoFile by) {
    Left left = new Left();
    if (owner != by) {
      return left;
    }
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING || slot.state == BufferState.ACTIVE) {
        slot.orphaned = true;
      } else {
        left.take(slot.takeFence());
        left.take(slot.takeImported());
      }
    }
    slots.clear();
    queued.clear();
    finished.clear();
    owner = null;
    return left;
  }

  /** QBUF, first step: the caller has the slot until {@link #queued} or {@link #notQueued}. */
  synchronized Slot prepare(VideoFile by, int index) {
    checkHere();
    checkOwner(by);
    if (index < 0 || index >= slots.size()) {
      throw error(Errno.EINVAL, "has no buffer %d; 0 to %d would work", index, slots.size() - 1);
    }
    Slot slot = slots.get(index);
    if (slot.state != BufferState.DEQUEUED) {
      throw error(
          Errno.EINVAL, "was given buffer %d, which is %s; dequeue it first", index, slot.state);
    }
    checkNotEnded();
    slot.state = BufferState.PREPARING;
    return slot;
  }

  synchronized void queued(Slot slot) {
    checkHere();
    if (slot.orphaned) {
      throw error(Errno.EINVAL, "lost buffer %d while it was queued: it was freed", slot.index);
    }
    checkNotEnded();
    slot.state = BufferState.QUEUED;
    queued.add(slot);
    notifyAll();
  }

  /** A failed QBUF drops what the index held. */
  synchronized Left notQueued(Slot slot) {
    slot.state = BufferState.DEQUEUED;
    Left left = new Left();
    left.take(slot.takeFence());
    left.take(slot.takeImported());
    return left;
  }

  /** DQBUF; empty when there is nothing yet. */
  synchronized Optional<CapturedBuffer> poll(VideoFile by) {
    if (owner == by && state == State.ON) {
      Slot slot = finished.poll();
      if (slot != null) {
        CapturedBuffer result = slot.result;
        slot.result = null;
        slot.state = BufferState.DEQUEUED;
        return Optional.of(result);
      }
      checkNotEnded();
      // A frame may have been accepted that is not published yet: only GONE is the end.
      if (driver != Presence.GONE) {
        return Optional.empty();
      }
    }
    checkHere();
    checkOwner(by);
    throw error(Errno.EINVAL, "does not stream; switch the stream on before dequeuing");
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
    checkHere();
    checkOwner(by);
    if (state == State.STOPPING) {
      throw error(Errno.EBUSY, "is being switched off by another thread; ask again after it");
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
    checkNotOther(by);
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
    if (owner != by) {
      return left;
    }
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING) {
        continue;
      }
      left.take(slot.takeFence());
      slot.result = null;
      if (slot.state != BufferState.ACTIVE) {
        slot.state = BufferState.DEQUEUED;
      }
    }
    queued.clear();
    finished.clear();
    stream = null;
    ended = null;
    state = State.OFF;
    notifyAll();
    return left;
  }

  /** The driver leaves, first step; returns whose end to wait for. */
  synchronized Optional<CaptureStream> leave() {
    if (driver == Presence.HERE) {
      driver = Presence.LEAVING;
    }
    if (stream != null) {
      stream.requestStop();
    }
    notifyAll();
    return Optional.ofNullable(stream);
  }

  /** The driver leaves, last step: gives up everything but the results. */
  synchronized Left left() {
    driver = Presence.GONE;
    Left left = new Left();
    for (Slot slot : slots) {
      if (slot.state == BufferState.PREPARING) {
        continue; // who prepares it finds out
      }
      left.take(slot.takeFence());
      if (slot.state != BufferState.ACTIVE) {
        left.take(slot.takeImported());
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
    return driver != Presence.HERE;
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

  /** Waits for a time of the clock, at which the caller has {@link #ring} called. */
  synchronized void awaitTime(CaptureStream by, long at) throws InterruptedException {
    while (!by.isStopping() && at - clock.nanos() > 0) {
      wait();
    }
  }

  /** As {@link #awaitTime}, but ends with the next kick, too; returns whether that came. */
  synchronized boolean awaitKick(CaptureStream by, long seen, long until)
      throws InterruptedException {
    while (!by.isStopping() && kicks == seen && until - clock.nanos() > 0) {
      wait();
    }
    return kicks != seen;
  }

  synchronized void kick() {
    kicks++;
    notifyAll();
  }

  synchronized long kicks() {
    return kicks;
  }

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
      ended = sentence;
      queued.forEach(waiting -> left.take(waiting.takeFence()));
      publish(by, slot, result);
    }
    return left;
  }

  /** The thread gives a buffer back that it did not finish. */
  synchronized Left giveBack(Slot slot) {
    Left left = new Left();
    slot.state = BufferState.DEQUEUED;
    left.take(slot.takeFence());
    if (driver != Presence.HERE || slot.orphaned) {
      left.take(slot.takeImported());
    }
    return left;
  }

  // ---- Checks ----

  private void checkHere() {
    if (driver != Presence.HERE) {
      throw error(Errno.ENODEV, "is gone with its driver; open its successor");
    }
  }

  private void checkNotOther(VideoFile by) {
    if (owner != null && owner != by) {
      throw error(Errno.EBUSY, "has its buffers from another file; that one frees them");
    }
  }

  private void checkOwner(VideoFile by) {
    checkNotOther(by);
    if (owner == null) {
      throw error(Errno.EINVAL, "has no buffers; request some first");
    }
  }

  private void checkNotEnded() {
    if (ended != null) {
      throw error(Errno.EPIPE, "%s; switch the stream off to begin anew", ended);
    }
  }

  private DmaBufException error(Errno errno, String rest, Object... values) {
    return new DmaBufException(errno, "Capture device " + device + " " + rest.formatted(values));
  }
}
