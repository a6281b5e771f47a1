package org.dmabuf.video.node;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.video.queue.VideoBuffer;
import org.dmabuf.video.queue.VideoQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the buffers of one stream after another on a thread of its own, one in each period. It is
 * the driver's, from the framework, so it ends with its bundle at the latest.
 *
 * <pre>
 *   wait for a buffer -> wait for the period -> activate -> wait for its fences -> work -> finish
 *                                                               a kick, or some seconds ->|
 * </pre>
 *
 * <p>Thread-safe; the monitor is held for waits only. Kernel counterpart: {@code
 * vivid_thread_vid_cap()}.
 */
final class ThreadEngine implements FrameEngine {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadEngine.class);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(5);
  private static final Duration FRAME = Duration.ofMillis(500);
  private static final Duration INTERRUPTED = Duration.ofSeconds(5);

  private final NodeContext context;
  private final VideoQueue queue;
  private final FrameStep step;
  private final DmaClock clock;
  private final LongSupplier periodNanos;
  private Run run; // guarded by this
  private long kicks; // guarded by this

  ThreadEngine(
      NodeContext context,
      VideoQueue queue,
      FrameStep step,
      DmaClock clock,
      LongSupplier periodNanos) {
    this.context = context;
    this.queue = queue;
    this.step = step;
    this.clock = clock;
    this.periodNanos = periodNanos;
  }

  @Override
  public void start() {
    step.begin();
    synchronized (this) {
      Run begun = new Run();
      begun.thread = context.registry().threads().start("dmabuf-video-" + context.name(), begun);
      run = begun; // before it can look, which it does with this monitor
    }
  }

  @Override
  public synchronized void ready() {
    notifyAll();
  }

  @Override
  public synchronized void kick() {
    kicks++;
    notifyAll();
  }

  private synchronized long kicks() {
    return kicks;
  }

  /** Waits for the frame that is being worked on, then interrupts; bounded. */
  @Override
  public void stop() {
    Run ending;
    synchronized (this) {
      ending = run;
      run = null;
      notifyAll();
      if (ending != null && ending.inFenceWait) {
        ending.thread.interrupt();
      }
    }
    if (ending != null) {
      ending.awaitEnd();
    }
    step.end();
  }

  private synchronized boolean isCurrent(Run asked) {
    return run == asked;
  }

  /** One stream's thread. */
  private final class Run implements Runnable {
    private Thread thread; // set before anybody else knows this run
    private final Pace pace = new Pace();
    private boolean inFenceWait; // guarded by the engine

    @Override
    public void run() {
      try {
        while (awaitBuffer() && awaitTime(pace.next(clock.nanos(), periodNanos.getAsLong()))) {
          Optional<VideoBuffer> next = queue.device().activate();
          if (next.isPresent() && !work(next.get())) {
            return;
          }
        }
      } catch (InterruptedException stop) {
        LOG.debug("The thread of video device {} was interrupted", context.name());
      }
    }

    /** Works on a buffer; returns whether others can follow. */
    private boolean work(VideoBuffer buffer) throws InterruptedException {
      FrameStep.Next next = FrameStep.Next.SAME;
      try {
        boolean ready = awaitFences(buffer.before());
        while (ready && isCurrent(this) && next == FrameStep.Next.SAME) {
          long seen = kicks();
          next = step.run(buffer);
          forgetInterrupt();
          if (next == FrameStep.Next.SAME) {
            awaitKick(seen);
          }
        }
        return next == FrameStep.Next.OTHERS;
      } finally {
        if (next == FrameStep.Next.SAME) {
          queue.device().letGo(buffer);
        }
      }
    }

    /** An interrupt that was no stop must not reach the next frame. */
    private void forgetInterrupt() {
      if (isCurrent(this) && Thread.interrupted()) {
        LOG.debug("An interrupt of video device {} was taken back", context.name());
      }
    }

    /** Waits until the driver may have something, some seconds at most. */
    private void awaitKick(long seen) throws InterruptedException {
      long until = clock.nanos() + SAY_AGAIN.toNanos();
      DmaClock.Timer timer = clock.schedule(until, ThreadEngine.this::ready);
      try {
        synchronized (ThreadEngine.this) {
          while (isCurrent(this) && kicks == seen && until - clock.nanos() > 0) {
            ThreadEngine.this.wait();
          }
        }
      } finally {
        timer.cancel();
      }
    }

    private boolean awaitBuffer() throws InterruptedException {
      synchronized (ThreadEngine.this) {
        while (isCurrent(this) && queue.device().peek().isEmpty()) {
          ThreadEngine.this.wait();
        }
        return isCurrent(this);
      }
    }

    private boolean awaitTime(long due) throws InterruptedException {
      if (due - clock.nanos() <= 0) {
        return isCurrent(this);
      }
      DmaClock.Timer timer = clock.schedule(due, ThreadEngine.this::ready);
      try {
        synchronized (ThreadEngine.this) {
          while (isCurrent(this) && due - clock.nanos() > 0) {
            ThreadEngine.this.wait();
          }
          return isCurrent(this);
        }
      } finally {
        timer.cancel();
      }
    }

    private boolean awaitFences(List<DmaFence> before) {
      if (before.isEmpty()) {
        return isCurrent(this);
      }
      synchronized (ThreadEngine.this) {
        if (!isCurrent(this)) {
          return false;
        }
        inFenceWait = true;
      }
      try {
        for (DmaFence fence : before) {
          while (isCurrent(this) && !fence.await(SAY_AGAIN)) {
            LOG.info("Video device {} waits for {}", context.name(), fence.describe());
          }
        }
        return isCurrent(this);
      } catch (DmaBufException interrupted) {
        LOG.debug("Video device {}: {}", context.name(), interrupted.getMessage());
        return false;
      } finally {
        synchronized (ThreadEngine.this) {
          inFenceWait = false;
        }
      }
    }

    private void awaitEnd() {
      if (Thread.currentThread() == thread || joined(FRAME)) {
        return;
      }
      thread.interrupt();
      if (!joined(INTERRUPTED)) {
        LOG.warn(
            "The thread of video device {} has not ended {} after it was interrupted; it is at {}",
            context.name(),
            INTERRUPTED,
            Arrays.stream(thread.getStackTrace())
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    at ")));
      }
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
  }
}
