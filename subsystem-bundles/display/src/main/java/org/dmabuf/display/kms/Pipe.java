package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.display.Mode;
import org.dmabuf.display.VblankClock;
import org.dmabuf.fence.DmaFence;

/**
 * A CRTC as it runs: its vblanks, the flip that waits for one, and what is on the screen.
 *
 * <pre>
 *   STOPPED --start(mode)--> RUNNING --stop()--> STOPPED    the numbers of vblanks go on
 *
 *   pending   none --take()--> WAITING for fences --arm()--> ARMED for a vblank --> none
 *                                    or at once --scan()--> SCANNING ---------------> none
 *   timer     none --somebody waits for a vblank--> the next one --it came--> none, or the next
 * </pre>
 *
 * <p>Everything is guarded by the display's lock.
 */
final class Pipe {
  /** How far the pending flip is. */
  enum Stage {
    WAITING,
    ARMED,
    SCANNING
  }

  private record Waiter(long target, Consumer<VblankTime> told) {}

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final List<Waiter> waiters = new ArrayList<>();
  private Optional<VblankClock> vblanks = Optional.empty();
  private long before; // vblanks of former runs
  private int run; // so that a timer of a former one can be told
  private boolean timed;
  private Runnable tick; // of this run; null until a timer is set
  private Flip pending;
  private Stage stage; // of the pending flip
  private long since; // when that stage, or that there is none, began, in ns
  private Scene screen;
  private Scanout scanout; // what was scanned out last

  /**
   * Makes one that stands still.
   *
   * @param first the number of its first vblank: where a predecessor's end
   */
  Pipe(long now, long first) {
    this.since = now;
    this.before = first;
  }

  /** Returns the number of the first vblank of its next run; of one that stands still. */
  long nextNumber() {
    return before;
  }

  boolean isRunning() {
    return vblanks.isPresent();
  }

  /** Runs from now on; what waited for a vblank of the former run is told now. */
  void start(Mode mode, long now, List<Runnable> after) {
    stop(now, after);
    vblanks = Optional.of(new VblankClock(now, mode.refreshMilliHz()));
  }

  /** Runs no more. */
  void stop(long now, List<Runnable> after) {
    if (vblanks.isEmpty()) {
      return;
    }
    VblankTime last = last(now);
    before = last.sequence() + 1;
    vblanks = Optional.empty();
    run++;
    tick = null;
    timed = false;
    waiters.forEach(waiter -> after.add(() -> waiter.told().accept(last)));
    waiters.clear();
  }

  /** Returns the last vblank that has come, of one that runs. */
  VblankTime last(long now) {
    VblankClock clock = vblanks.orElseThrow();
    long count = clock.countAt(now);
    return new VblankTime(before + count, clock.timeOf(count));
  }

  /** Returns the time of the next vblank. */
  long next(long now) {
    VblankClock clock = vblanks.orElseThrow();
    return clock.timeOf(clock.countAt(now) + 1);
  }

  /** Tells somebody when a vblank has come that has not yet. */
  void await(long sequence, Consumer<VblankTime> told) {
    waiters.add(new Waiter(sequence, told));
  }

  /** Returns those whose vblank has come, who are forgotten. */
  List<Consumer<VblankTime>> reached(VblankTime now) {
    if (waiters.isEmpty()) {
      return List.of();
    }
    List<Consumer<VblankTime>> reached = new ArrayList<>();
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      if (waiter.target() <= now.sequence()) {
        all.remove();
        reached.add(waiter.told());
      }
    }
    return reached;
  }

  /** Returns whether a timer has to be set, which the caller then does. */
  boolean needsTimer() {
    boolean needed = isRunning() && !timed && (isAt(Stage.ARMED) || !waiters.isEmpty());
    timed |= needed;
    return needed;
  }

  /** Returns which run this is, for a timer. */
  int run() {
    return run;
  }

  /** Returns what the timers of this run do; empty until that is set. */
  Optional<Runnable> tick() {
    return Optional.ofNullable(tick);
  }

  void setTick(Runnable ofThisRun) {
    tick = ofThisRun;
  }

  /** A timer has come; returns whether it was one of this run. */
  boolean timerCame(int of) {
    if (of != run || !isRunning()) {
      return false;
    }
    timed = false;
    return true;
  }

  Optional<Flip> pending() {
    return Optional.ofNullable(pending);
  }

  void take(Flip flip, long now) {
    pending = flip;
    enter(Stage.WAITING, now);
  }

  /** Its fences have completed. */
  void arm(long now) {
    enter(Stage.ARMED, now);
  }

  /** It was decided, and its frames are being scanned out. */
  void scan(long now) {
    enter(Stage.SCANNING, now);
  }

  private void enter(Stage next, long now) {
    stage = next;
    since = now;
  }

  boolean isAt(Stage wanted) {
    return pending != null && stage == wanted;
  }

  /** Returns the flip that the next vblank completes. */
  Optional<Flip> armed() {
    return isAt(Stage.ARMED) ? Optional.of(pending) : Optional.empty();
  }

  /** The pending flip is done with, and something is on the screen. */
  void finished(Optional<Scene> shown, long now) {
    pending = null;
    since = now;
    show(shown);
  }

  /** Something was scanned out; what was before that cannot be shown any more. */
  void scanned(Scanout now) {
    if (scanout != null) {
      scanout.retire();
    }
    scanout = now;
  }

  /** Says what it does, for people. */
  String status(long now) {
    return doing(now) + " since " + (now - since) / NANOS_PER_MILLI + " ms";
  }

  private String doing(long now) {
    if (pending == null) {
      return "is idle";
    }
    return switch (stage) {
      case WAITING -> "waits for " + pending.commit().waitsFor().map(Pipe::name).orElse("its turn");
      case ARMED -> "waits for vblank " + (isRunning() ? last(now).sequence() + 1 : 0);
      case SCANNING -> "scans out frame " + pending.event().orElse(0);
    };
  }

  private static String name(DmaFence fence) {
    return fence.driverName() + " " + fence.timelineName() + " seq " + fence.seqno();
  }

  /** Shows something without a flip. */
  void show(Optional<Scene> scene) {
    screen = scene.orElse(null);
  }

  /** Returns what is on the screen, empty when it is dark. */
  Optional<Scene> screen() {
    return Optional.ofNullable(screen);
  }
}
