package org.dmabuf.display;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The display's thread: takes one commit after the other through its waits to its event.
 *
 * <pre>
 *   IDLE -> FENCE (each fence in turn) -> VBLANK -> decided -> SCANNING -> event, out-fence, listener
 *     ^       |                            |                                        |
 *     |       +---- canceled meanwhile ----+--------> event, out-fence, listener ---+
 *     +-----------------------------------------------------------------------------+
 * </pre>
 *
 * <p>It waits in one way only: parked until a fence, a timer of the clock, a commit or a stop
 * unparks it. So a stop needs no interrupt, which would close the files that a recorder writes to.
 */
final class FlipThread implements Runnable {
  /** What the thread does now, for people. */
  private enum Activity {
    IDLE("is idle"),
    FENCE("waits for"),
    VBLANK("waits for vblank"),
    SCANNING("scans out"),
    ENDED("has gone");

    private final String text;

    Activity(String text) {
      this.text = text;
    }
  }

  private record Doing(Activity activity, String object, long since) {}

  private record Moment(long sequence, long timeNanos) {}

  private static final Logger LOG = LoggerFactory.getLogger(FlipThread.class);
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final DisplayCore core;
  private final Crtc crtc;
  private final DmaClock clock;
  private final FenceContext fences;
  private final FenceCallback wakeUp;
  private final Thread thread;
  private volatile Doing doing;

  FlipThread(
      DisplayCore core, Crtc crtc, DmaClock clock, FenceContext fences, FenceCallback wakeUp) {
    this.core = core;
    this.crtc = crtc;
    this.clock = clock;
    this.fences = fences;
    this.wakeUp = wakeUp;
    this.thread = new Thread(this, "dmabuf-" + core.info().name());
    this.doing = new Doing(Activity.IDLE, "", clock.nanos());
    thread.setDaemon(true);
    // What a thread inherits here is the driver's, whose classes it must not keep.
    thread.setContextClassLoader(FlipThread.class.getClassLoader());
  }

  void start() {
    thread.start();
  }

  /** Makes the thread look at the state again. */
  void wake() {
    LockSupport.unpark(thread);
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** Waits for the end of the thread, at most for a real time; returns whether it has ended. */
  boolean join(long millis) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + millis * NANOS_PER_MILLI;
    try {
      for (long left = millis; thread.isAlive() && left > 0; ) {
        try {
          thread.join(left);
        } catch (InterruptedException again) {
          interrupted = true;
        }
        left = (deadline - System.nanoTime()) / NANOS_PER_MILLI;
      }
      return !thread.isAlive();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Last resort against a driver, recorder or listener that does not come back. */
  void interrupt() {
    thread.interrupt();
  }

  StackTraceElement[] stack() {
    return thread.getStackTrace();
  }

  String status() {
    Doing now = doing;
    String what = now.activity().text + (now.object().isEmpty() ? "" : " " + now.object());
    return what + " since " + (clock.nanos() - now.since()) / NANOS_PER_MILLI + " ms";
  }

  @Override
  public void run() {
    try {
      for (Commit commit = next(); commit != null; commit = next()) {
        flip(commit);
        now(Activity.IDLE, "");
      }
    } finally {
      now(Activity.ENDED, "");
      core.finish();
    }
  }

  private Commit next() {
    while (true) {
      // Left is looked at first: a commit that was accepted before is still completed.
      boolean leaving = crtc.isLeaving();
      Commit commit = crtc.pending();
      if (commit != null || leaving) {
        return commit;
      }
      park();
    }
  }

  private void flip(Commit commit) {
    awaitFences(commit);
    Moment moment = awaitVblank(commit);
    Optional<Errno> failed = commit.fenceError();
    switch (commit.decide(failed.isPresent())) {
      case FLIPPED -> scanOut(commit, moment);
      case SKIPPED -> complete(commit, Outcome.SKIPPED, failed, moment, null);
      case CANCELED ->
          complete(commit, Outcome.CANCELED, Optional.of(Errno.ECANCELED), moment, null);
    }
  }

  private void awaitFences(Commit commit) {
    for (DmaFence fence : commit.fences()) {
      if (!commit.isPending()) {
        return;
      }
      now(
          Activity.FENCE,
          fence.driverName() + " " + fence.timelineName() + " seq " + fence.seqno());
      if (!fence.addCallback(wakeUp)) {
        continue;
      }
      while (!fence.isSignaled() && commit.isPending()) {
        park();
      }
      fence.removeCallback(wakeUp);
    }
  }

  /** Waits for the next vblank, and returns at which one it is then, be it a later one. */
  private Moment awaitVblank(Commit commit) {
    if (commit.setting().vblanks().isEmpty()) {
      return new Moment(commit.setting().commits().incrementAndGet(), clock.nanos());
    }
    VblankClock vblanks = commit.setting().vblanks().get();
    long next = vblanks.countAt(clock.nanos()) + 1;
    long at = vblanks.timeOf(next);
    if (commit.isPending()) {
      now(Activity.VBLANK, Long.toString(next));
      DmaClock.Timer timer = clock.schedule(at, this::wake);
      try {
        while (at - clock.nanos() > 0 && commit.isPending()) {
          park();
        }
      } finally {
        timer.cancel();
      }
    }
    long reached = vblanks.countAt(clock.nanos());
    return new Moment(reached, vblanks.timeOf(reached));
  }

  private void scanOut(Commit commit, Moment moment) {
    now(Activity.SCANNING, "frame " + commit.cookie());
    Scanout scanout = new Scanout(commit, moment.sequence(), moment.timeNanos());
    Optional<Errno> error = Optional.empty();
    try {
      core.driver().scanOut(scanout);
    } catch (DmaBufException failed) {
      LOG.error("{} failed to show frame {}: {}", core, commit.cookie(), failed.getMessage());
      error = Optional.of(failed.errno());
    } catch (RuntimeException | Error failed) {
      LOG.error("{} failed to show frame {}: {}", core, commit.cookie(), failed, failed);
      error = Optional.of(Errno.EIO);
    }
    complete(commit, Outcome.FLIPPED, error, moment, scanout);
  }

  private void complete(
      Commit commit, Outcome outcome, Optional<Errno> error, Moment moment, Scanout scanout) {
    FlipEvent event =
        new FlipEvent(
            commit.cookie(),
            outcome,
            error,
            moment.sequence(),
            moment.timeNanos(),
            scanout == null ? 0 : scanout.checksum(),
            scanout == null ? 0 : scanout.bytesRead());
    boolean shown = scanout != null && error.isEmpty();
    if (scanout != null && !shown) {
      scanout.retire();
    }
    List<Framebuffer> left = crtc.flipped(shown ? scanout : null);
    // The out-fence comes before anything that takes a reservation: who holds that may be waiting
    // for it. The place of the pending commit is free by then, so that it can commit the next
    // frame.
    if (error.isPresent()) {
      fences.fail(commit.outFence(), error.get());
    } else {
      fences.signal(commit.outFence());
    }
    // The event comes after: who takes it may use the buffer that left the screen elsewhere.
    try {
      commit.framebuffer().settled();
      left.forEach(Framebuffer::unuse);
    } finally {
      crtc.finish(event);
    }
    commit.file().wake();
  }

  private void now(Activity activity, String object) {
    doing = new Doing(activity, object, clock.nanos());
  }

  private void park() {
    LockSupport.park(this);
    if (Thread.interrupted()) {
      // Only a stop interrupts, and what it wants is looked at after every park.
      LOG.debug("{} was interrupted", core);
    }
  }
}
