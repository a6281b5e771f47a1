package org.dmabuf.video;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream from stream on to stream off, and its thread.
 *
 * <pre>
 *   take a queued buffer -> wait for the period -> wait for others' fences -> driver captures
 *     -> checksum -> accepted (or a stop came first: cancelled) -> fence -> dequeuable
 *     -> source told -> listeners told -> take a queued buffer ...
 * </pre>
 *
 * <p>No lock is held where anything is waited for or called but the queue's own waits. Kernel
 * counterpart: the capture thread of {@code vivid}, the interrupt handler of a camera.
 */
final class CaptureStream implements Runnable {
  /** How long a stop waits for a frame to end, and then for the thread that it interrupted. */
  record Patience(Duration frame, Duration interrupted) {
    static final Patience DEFAULT = new Patience(Duration.ofMillis(500), Duration.ofSeconds(5));
  }

  private static final Logger LOG = LoggerFactory.getLogger(CaptureStream.class);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(5);

  private final CaptureDevice device;
  private final BufferQueue queue;
  private final DmaClock clock;
  private final Patience patience;
  private final Thread thread;
  private final Pace pace = new Pace();
  private volatile boolean stopping;
  private boolean inFenceWait; // guarded by this

  CaptureStream(CaptureDevice device, BufferQueue queue, DmaClock clock, Patience patience) {
    this.device = device;
    this.queue = queue;
    this.clock = clock;
    this.patience = patience;
    this.thread =
        Thread.ofPlatform()
            .name("dmabuf-video-" + device.info().name())
            .daemon()
            .inheritInheritableThreadLocals(false)
            .unstarted(this);
    // It would be that of whoever switched the stream on, and keep its bundle.
    thread.setContextClassLoader(null);
  }

  void start() {
    thread.start();
  }

  /** Asks the thread to end; never blocks. */
  synchronized void requestStop() {
    stopping = true;
    if (inFenceWait) {
      thread.interrupt();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  /**
   * Waits for the thread's end: first for the frame, because an interrupt may close the file that
   * it is read from, then with an interrupt. Bounded; a thread that does not end is logged with its
   * stack. Returns at once on the thread itself.
   */
  void awaitEnd() {
    if (Thread.currentThread() == thread || joined(patience.frame())) {
      return;
    }
    thread.interrupt();
    if (!joined(patience.interrupted())) {
      String stack =
          Arrays.stream(thread.getStackTrace())
              .map(StackTraceElement::toString)
              .collect(Collectors.joining("\n    at "));
      LOG.warn(
          "The thread of capture device {} has not ended {} after it was interrupted; it is at {}",
          device.info().name(),
          patience.interrupted(),
          stack);
    }
  }

  @Override
  public void run() {
    try {
      Optional<Slot> next = queue.activate(this);
      while (next.isPresent() && capture(next.get())) {
        next = queue.activate(this);
      }
    } catch (InterruptedException stop) {
      LOG.debug("The thread of capture device {} was interrupted", device.info().name());
    }
  }

  /** Captures one frame; returns whether the stream goes on. */
  private boolean capture(Slot slot) throws InterruptedException {
    boolean handled = false;
    try {
      Outcome outcome = awaitTurn(slot) ? guarded(slot) : Outcome.STOPPED;
      handled = outcome != Outcome.STOPPED;
      return outcome == Outcome.GOES_ON;
    } finally {
      if (!handled) {
        device.undo(queue.giveBack(slot), Errno.ECANCELED);
      }
    }
  }

  /** What became of a buffer: it is given back, or others follow it, or it was the last one. */
  private enum Outcome {
    STOPPED,
    GOES_ON,
    ENDED
  }

  private Outcome guarded(Slot slot) throws InterruptedException {
    try {
      return askDriver(slot);
    } catch (RuntimeException | LinkageError failed) {
      // Such as memory that was unmapped under the device: nothing is accepted by then.
      LOG.error("A frame of capture device {} failed: {}", device.info().name(), failed, failed);
      return ended(slot, Optional.of(Errno.EIO), "a frame failed with " + failed);
    }
  }

  private boolean awaitTurn(Slot slot) throws InterruptedException {
    long due = pace.next(clock.nanos(), device.periodNanos());
    if (due - clock.nanos() > 0) {
      DmaClock.Timer timer = clock.schedule(due, queue::ring);
      try {
        queue.awaitTime(this, due);
      } finally {
        timer.cancel();
      }
    }
    return !stopping && awaitFences(slot.before);
  }

  private boolean awaitFences(List<DmaFence> before) {
    if (before.isEmpty()) {
      return true;
    }
    synchronized (this) {
      if (stopping) {
        return false;
      }
      inFenceWait = true;
    }
    try {
      for (DmaFence fence : before) {
        while (!fence.await(SAY_AGAIN)) {
          LOG.info("Capture device {} waits for {}", device.info().name(), fence.describe());
        }
      }
      return true;
    } catch (DmaBufException interrupted) {
      LOG.debug("Capture device {}: {}", device.info().name(), interrupted.getMessage());
      return false;
    } finally {
      synchronized (this) {
        inFenceWait = false;
        clearInterrupt();
      }
    }
  }

  private Outcome askDriver(Slot slot) throws InterruptedException {
    while (!stopping) {
      long seen = queue.kicks();
      Capture result = device.capture(slot.imported.target());
      if (stopping) {
        return Outcome.STOPPED;
      }
      clearInterrupt();
      switch (result) {
        case Capture.Frame frame -> {
          return frame(slot, frame);
        }
        case Capture.Failed failed -> {
          return failed(slot, failed);
        }
        case Capture.End end -> {
          return ended(slot, Optional.empty(), "has come to the end of its source");
        }
        case Capture.Broken broken -> {
          return ended(slot, Optional.of(broken.error()), broken.message());
        }
        case Capture.NotReady nothing -> awaitKick(seen, nothing.waitsFor());
        case Capture.Interrupted again ->
            LOG.debug("Capture device {} was interrupted", device.info().name());
      }
    }
    return Outcome.STOPPED;
  }

  private void awaitKick(long seen, String waitsFor) throws InterruptedException {
    LOG.info("Capture device {} waits for {}", device.info().name(), waitsFor);
    long until = clock.nanos() + SAY_AGAIN.toNanos();
    DmaClock.Timer timer = clock.schedule(until, queue::ring);
    try {
      queue.awaitKick(this, seen, until);
    } finally {
      timer.cancel();
    }
  }

  private Outcome frame(Slot slot, Capture.Frame frame) {
    FrameTarget target = slot.imported.target();
    int checksum = FrameChecksum.of(target.view().as(Transfer.VERIFIED), target.layout());
    long sequence = queue.accept(this, slot, BufferState.DONE);
    if (sequence < 0) {
      return Outcome.STOPPED;
    }
    CapturedBuffer result =
        new CapturedBuffer(
            slot.index,
            CapturedBuffer.Status.DONE,
            Optional.empty(),
            "",
            sequence,
            complete(slot, null),
            target.layout().size(),
            checksum,
            frame.index());
    queue.publish(this, slot, result);
    tell(frame.delivered(), frame.index());
    return Outcome.GOES_ON;
  }

  private Outcome failed(Slot slot, Capture.Failed failed) {
    long sequence = queue.accept(this, slot, BufferState.ERROR);
    if (sequence < 0) {
      return Outcome.STOPPED;
    }
    long timestamp = complete(slot, failed.error());
    Optional<Errno> error = Optional.of(failed.error());
    queue.publish(
        this, slot, none(slot, error, failed.message(), sequence, timestamp, failed.index()));
    tell(failed.delivered(), failed.index());
    return Outcome.GOES_ON;
  }

  /** Nothing more will come: the fences of all that is queued fail with EPIPE. */
  private Outcome ended(Slot slot, Optional<Errno> error, String sentence) {
    long sequence = queue.accept(this, slot, BufferState.ERROR);
    if (sequence < 0) {
      return Outcome.STOPPED;
    }
    long timestamp = complete(slot, Errno.EPIPE);
    String message = error.isPresent() ? sentence : "";
    CapturedBuffer result = none(slot, error, message, sequence, timestamp, -1);
    String later = error.isPresent() ? "cannot go on: " + sentence : sentence;
    device.undo(queue.publishEnd(this, slot, result, later), Errno.EPIPE);
    device.wake();
    return Outcome.ENDED;
  }

  private static CapturedBuffer none(
      Slot slot,
      Optional<Errno> error,
      String message,
      long sequence,
      long timestamp,
      long sourceIndex) {
    CapturedBuffer.Status status =
        error.isPresent() ? CapturedBuffer.Status.ERROR : CapturedBuffer.Status.LAST;
    return new CapturedBuffer(
        slot.index, status, error, message, sequence, timestamp, 0, 0, sourceIndex);
  }

  /** Completes the slot's fence; returns when that was. */
  private long complete(Slot slot, Errno error) {
    DmaFence fence = queue.takeFence(slot);
    if (fence == null) {
      return clock.nanos();
    }
    device.complete(fence, error);
    return fence.timestamp();
  }

  private void tell(LongConsumer delivered, long index) {
    try {
      delivered.accept(index);
    } catch (RuntimeException | LinkageError failure) {
      LOG.warn(
          "The source of capture device {} did not take back frame {}: {}",
          device.info().name(),
          index,
          failure.toString());
    }
    device.wake();
  }

  private boolean joined(Duration bound) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return thread.join(bound);
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** An interrupt that was no stop must not reach the next frame. */
  private static void clearInterrupt() {
    if (Thread.interrupted()) {
      LOG.debug("An interrupt of {} was taken back", Thread.currentThread().getName());
    }
  }
}
