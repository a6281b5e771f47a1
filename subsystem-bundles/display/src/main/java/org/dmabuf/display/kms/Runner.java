package org.dmabuf.display.kms;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dmabuf.DmaClock;
import org.dmabuf.display.kms.Commit.State;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;

/**
 * Brings commits to the screen: told by fences and by the clock, it needs no thread.
 *
 * <pre>
 *   fences completed --ready()--> modesets at once, the others armed
 *   timer            --vblank()-> armed flips: event, out-fence, framebuffers back, writeback
 * </pre>
 *
 * <p>What takes the display's lock says so; what is to follow goes on the list.
 */
final class Runner {
  private final KmsDevice device;
  private final DmaClock clock;
  private final Work work;
  private final Map<Crtc, Pipe> pipes = new HashMap<>();

  Runner(KmsDevice device, List<Crtc> crtcs, DmaClock clock, Work work) {
    this.device = device;
    this.clock = clock;
    this.work = work;
    crtcs.forEach(crtc -> pipes.put(crtc, new Pipe()));
  }

  Pipe pipe(Crtc crtc) {
    return pipes.get(crtc);
  }

  /** All fences of a commit have completed. Takes the lock. */
  void ready(Commit commit) {
    device
        .locked()
        .change(
            after -> {
              if (commit.state() == State.WAITING) {
                commit.setState(State.ARMED);
                commit.flips().forEach(flip -> arm(flip, after));
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
      complete(flip, pipe, after);
    } else {
      pipe.arm();
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
      int run = pipe.run();
      long at = pipe.next(clock.nanos());
      after.add(() -> clock.schedule(at, () -> vblank(pipe, run)));
    }
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
                pipe.armed().ifPresent(flip -> complete(flip, pipe, after));
                pipe.reached(now).forEach(told -> after.add(() -> told.accept(now)));
                timer(pipe, after);
              }
              return null;
            });
  }

  private void complete(Flip flip, Pipe pipe, List<Runnable> after) {
    VblankTime at = pipe.isRunning() ? pipe.last(clock.nanos()) : new VblankTime(0, clock.nanos());
    Commit commit = flip.commit();
    pipe.flipped();
    boolean last = commit.flipped(flip);
    if (flip.event().isPresent() && commit.file().isOpen()) {
      commit
          .file()
          .events()
          .deliver(
              new KmsEvent(
                  Kind.FLIP_COMPLETE,
                  flip.crtc(),
                  flip.event().getAsLong(),
                  at.sequence(),
                  at.timeNanos()));
      after.add(commit.file().events()::wake);
    }
    flip.outFence().ifPresent(fence -> after.add(() -> device.fences().signal(fence)));
    write(flip, after);
    if (last) {
      after.add(commit::forget);
      after.add(() -> device.fences().signal(commit.done()));
    }
    giveBack(flip.left(), after);
  }

  private void write(Flip flip, List<Runnable> after) {
    for (WritebackJob job : flip.writebacks()) {
      UsedScene scene = flip.scene().flatMap(UsedScene::of).orElse(null);
      after.add(() -> work.later(() -> write(job, scene)));
    }
  }

  private void write(WritebackJob job, UsedScene scene) {
    try {
      if (scene != null) {
        scene.finish(
            shown -> {
              Composer.compose(shown, job.into());
              return null;
            });
      }
      device.fences().signal(job.done());
    } finally {
      // Without effect but when the picture could not be written.
      device.fences().cancel(job.done());
      job.into().unuse();
    }
  }

  /** After the fences, and not on this thread: it may wait for reservations. */
  private void giveBack(List<Framebuffer> left, List<Runnable> after) {
    if (!left.isEmpty()) {
      after.add(() -> work.later(() -> left.forEach(Framebuffer::unuse)));
    }
  }

  /** Returns what completes the commits of a file that wait for fences. */
  List<DmaFence> waitingOf(KmsFile file) {
    return flipsOf(file).stream()
        .map(Flip::commit)
        .filter(commit -> commit.state() == State.WAITING)
        .distinct()
        .map(Commit::done)
        .toList();
  }

  /**
   * A file ends: what waits for a vblank comes now, what waits for fences never; and so for others'
   * commits that are to show its framebuffers.
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
    if (flip.commit().state() == State.ARMED) {
      complete(flip, pipe, after);
    } else {
      cancel(flip, pipe, after);
    }
  }

  private void cancel(Flip flip, Pipe pipe, List<Runnable> after) {
    pipe.flipped();
    if (flip.modeset()) {
      switchTo(pipe, flip.scene(), after);
    }
    boolean last = flip.commit().flipped(flip);
    flip.outFence().ifPresent(fence -> after.add(() -> device.fences().cancel(fence)));
    for (WritebackJob job : flip.writebacks()) {
      after.add(() -> device.fences().cancel(job.done()));
      giveBack(List.of(job.into()), after);
    }
    if (last) {
      flip.commit().setState(State.CANCELED);
      after.add(flip.commit()::forget);
      after.add(() -> device.fences().cancel(flip.commit().done()));
    }
    giveBack(flip.left(), after);
  }

  /** Shows what a state says, where nothing is pending. */
  void follow(KmsState state, List<Runnable> after) {
    pipes.forEach(
        (crtc, pipe) -> {
          if (pipe.pending().isEmpty()) {
            Optional<Scene> scene = Scene.of(state, crtc);
            if (scene.isEmpty()) {
              pipe.stop(clock.nanos(), after);
            }
            pipe.show(scene);
          }
        });
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
