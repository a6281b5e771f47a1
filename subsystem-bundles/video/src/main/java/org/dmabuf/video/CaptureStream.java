package org.dmabuf.video;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream from stream on to stream off, and its thread.
 *
 * <pre>
 *   take a queued buffer -> wait for the period -> wait for others' fences -> driver captures
 *     -> checksum -> accepted (or a stop came first: cancelled) -> fence
 *     -> source told -> dequeuable -> listeners told -> take a queued buffer ...
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
  private final Bell bell;
  private final DmaClock clock;
  private final Completion completion;
  private final Patience patience;
  private final Thread thread;
  private final Pace pace = new Pace();
  private volatile boolean stopping;
  private boolean inFenceWait; // guarded by this

  CaptureStream(CaptureDevice device, BufferQueue queue, Bell bell, Patience patience) {
    this.device = device;
    this.queue = queue;
    this.bell = bell;
    this.clock = device.clock();
    this.completion = new Completion(device, queue, this);
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
  void requestStop() {
    synchronized (this) {
      stopping = true;
      if (inFenceWait) {
        thread.interrupt();
      }
    }
    bell.ring();
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
        device.undo(() -> queue.giveBack(slot), Errno.ECANCELED);
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
      Capture.Broken broken = new Capture.Broken(Errno.EIO, "a frame failed with " + failed);
      return completion.broken(slot, broken) ? Outcome.ENDED : Outcome.STOPPED;
    }
  }

  private boolean awaitTurn(Slot slot) throws InterruptedException {
    bell.awaitTime(this, pace.next(clock.nanos(), device.periodNanos()));
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
      long seen = bell.kicks();
      Capture result = device.capture(slot.imported.target());
      if (stopping) {
        return Outcome.STOPPED;
      }
      clearInterrupt();
      switch (result) {
        case Capture.Frame frame -> {
          return completion.frame(slot, frame) ? Outcome.GOES_ON : Outcome.STOPPED;
        }
        case Capture.Failed failed -> {
          return completion.failed(slot, failed) ? Outcome.GOES_ON : Outcome.STOPPED;
        }
        case Capture.End end -> {
          return completion.ended(slot) ? Outcome.ENDED : Outcome.STOPPED;
        }
        case Capture.Broken broken -> {
          return completion.broken(slot, broken) ? Outcome.ENDED : Outcome.STOPPED;
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
    bell.awaitKick(this, clock.nanos() + SAY_AGAIN.toNanos(), seen);
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
