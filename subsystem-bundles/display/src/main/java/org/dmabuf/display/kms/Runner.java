package org.dmabuf.display.kms;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Commit.State;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.display.kms.Pipe.Stage;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.handover.DeviceState;

/**
 * Brings commits to the screen: told by fences and by the clock, it needs no thread, but where
 * frames are scanned out for a recorder.
 *
 * <pre>
 *   fences completed --ready()--> modesets and ASYNC at once, the others armed
 *   timer            --vblank()-> armed flips are decided:
 *        a fence has failed (SKIP_FAILED) -> Flips.skip()
 *        the file has a recorder          -> Scanning -> Flips.complete() or skip()
 *        else                             -> Flips.complete()
 * </pre>
 *
 * <p>What takes the display's lock says so; what is to follow goes on the list.
 */
final class Runner {
  private final KmsDevice device;
  private final DmaClock clock;
  private final Map<Crtc, Pipe> pipes = new HashMap<>();
  private final Flips flips;
  private final Scanning scanning;

  /**
   * Makes one.
   *
   * @param taken what a predecessor has left
   */
  Runner(KmsDevice device, List<Crtc> crtcs, DmaClock clock, Work work, DeviceState taken) {
    this.device = device;
    this.clock = clock;
    for (Crtc crtc : crtcs) {
      pipes.put(crtc, new Pipe(clock.nanos(), DisplayHandover.vblank(taken, crtc)));
    }
    this.flips = new Flips(device, this, clock, work, DisplayHandover.counters(taken));
    this.scanning = new Scanning(device, this, flips, crtcs);
  }

  Pipe pipe(Crtc crtc) {
    return pipes.get(crtc);
  }

  Scanning scanning() {
    return scanning;
  }

  /** Returns how many flips there were; under the lock. */
  FlipCounters counters() {
    return flips.counters();
  }

  /** Says what all CRTCs do, for people; under the lock. */
  String status() {
    long now = clock.nanos();
    if (pipes.size() == 1) {
      return pipes.values().iterator().next().status(now);
    }
    return device.crtcs().stream()
        .map(crtc -> crtc + " " + pipe(crtc).status(now))
        .collect(Collectors.joining(", "));
  }

  /** All fences of a commit have completed. Takes the lock. */
  void ready(Commit commit) {
    device
        .locked()
        .change(
            after -> {
              if (commit.state() == State.WAITING) {
                commit.setState(State.ARMED);
                for (Flip flip : commit.flips()) {
                  arm(flip, after);
                }
              }
              return null;
            });
  }

  private void arm(Flip flip, List<Runnable> after) {
    Pipe pipe = pipe(flip.crtc());
    if (flip.modeset()) {
      switchTo(pipe, flip.scene(), after);
    }
    if (flip.modeset() || !pipe.isRunning()) {
      decide(flip, flips.now(pipe), after);
    } else if (flip.commit().has(AtomicFlag.ASYNC)) {
      decide(flip, new VblankTime(flips.now(pipe).sequence(), clock.nanos()), after);
    } else {
      pipe.arm(clock.nanos());
      timer(pipe, after);
    }
  }

  private void switchTo(Pipe pipe, Optional<Scene> scene, List<Runnable> after) {
    long now = clock.nanos();
    scene.ifPresentOrElse(
        shown -> pipe.start(shown.mode(), now, after), () -> pipe.stop(now, after));
  }

  /** Sees to it that a pipe is told of its next vblank. */
  void timer(Pipe pipe, List<Runnable> after) {
    if (pipe.needsTimer()) {
      Runnable tick = pipe.tick().orElseGet(() -> newTick(pipe));
      long at = pipe.next(clock.nanos());
      after.add(() -> clock.schedule(at, tick));
    }
  }

  private Runnable newTick(Pipe pipe) {
    int run = pipe.run();
    Runnable tick = () -> vblank(pipe, run);
    pipe.setTick(tick);
    return tick;
  }

  /** Takes the lock. */
  private void vblank(Pipe pipe, int run) {
    device
        .locked()
        .change(
            after -> {
              if (pipe.timerCame(run)) {
                VblankTime now = pipe.last(clock.nanos());
                // The flip comes first: who waited for this vblank finds it done.
                Flip flip = pipe.armed().orElse(null);
                if (flip != null) {
                  decide(flip, now, after);
                }
                for (Consumer<VblankTime> told : pipe.reached(now)) {
                  after.add(() -> told.accept(now));
                }
                timer(pipe, after);
              }
              return null;
            });
  }

  /** Its moment has come: it is shown, and by nobody else, or it is not. */
  private void decide(Flip flip, VblankTime at, List<Runnable> after) {
    Optional<Errno> failure = flip.modeset() ? Optional.empty() : flip.commit().failure();
    if (failure.isPresent()) {
      flips.tell(flip, Kind.FLIP_SKIPPED, at, Scan.NONE, after);
      flips.giveBack(flip.commit(), flips.skip(flip, failure.get(), after), after);
    } else if (Scanning.isWanted(flip)) {
      pipe(flip.crtc()).scan(clock.nanos());
      scanning.begin(flip, at, after);
    } else {
      flips.tell(flip, Kind.FLIP_COMPLETE, at, Scan.NONE, after);
      flips.giveBack(flip.commit(), flips.complete(flip, after), after);
    }
  }

  /** Returns what completes the commits of a file that wait for fences. */
  List<DmaFence> waitingOf(KmsFile file) {
    return flipsOf(file).stream()
        .map(Flip::commit)
        .filter(commit -> commit.state() == State.WAITING)
        .distinct()
        .map(Commit::awaited)
        .toList();
  }

  /**
   * A file ends: what waits for a vblank comes now, what waits for fences never; and so for others'
   * commits that are to show its framebuffers. What is being scanned out is completed by that.
   */
  void end(KmsFile file, List<Framebuffer> gone, List<Runnable> after) {
    Set<Flip> ending = new HashSet<>(flipsOf(file));
    pipes
        .values()
        .forEach(
            pipe ->
                pipe.pending()
                    .filter(flip -> flip.scene().filter(scene -> scene.shows(gone)).isPresent())
                    .ifPresent(ending::add));
    ending.forEach(flip -> end(flip, after));
  }

  /** Ends all that is pending. */
  void endAll(List<Runnable> after) {
    pipes.values().forEach(pipe -> pipe.pending().ifPresent(flip -> end(flip, after)));
  }

  private void end(Flip flip, List<Runnable> after) {
    Pipe pipe = pipe(flip.crtc());
    if (pipe.isAt(Stage.SCANNING)) {
      return;
    }
    if (pipe.isAt(Stage.ARMED) && !Scanning.isWanted(flip)) {
      decide(flip, flips.now(pipe), after);
      return;
    }
    if (flip.modeset()) {
      switchTo(pipe, flip.scene(), after);
    }
    flips.giveBack(flip.commit(), flips.cancel(flip, after), after);
  }

  /** Shows what a state says, where nothing is pending. */
  void follow(KmsState state, List<Runnable> after) {
    pipes.keySet().forEach(crtc -> follow(crtc, state, after));
  }

  /** Shows what a state says on one CRTC, if nothing is pending there. */
  void follow(Crtc crtc, KmsState state, List<Runnable> after) {
    Pipe pipe = pipe(crtc);
    if (pipe.pending().isEmpty()) {
      Optional<Scene> scene = Scene.of(state, crtc);
      if (scene.isEmpty()) {
        pipe.stop(clock.nanos(), after);
      }
      pipe.show(scene);
    }
  }

  /** Returns what is on a screen, with its framebuffers used. Takes the lock. */
  Optional<UsedScene> useScreen(Crtc crtc) {
    return device.locked().change(after -> pipe(crtc).screen().flatMap(UsedScene::of));
  }

  private List<Flip> flipsOf(KmsFile file) {
    return pipes.values().stream()
        .flatMap(pipe -> pipe.pending().stream())
        .filter(flip -> flip.commit().file() == file)
        .toList();
  }
}
