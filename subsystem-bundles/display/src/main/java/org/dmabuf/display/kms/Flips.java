package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Flip.PlaneChange;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;

/**
 * How a flip ends.
 *
 * <pre>
 *             screen           out-fence    writeback   given back                  event
 *   complete  what it shows    signalled    written     framebuffers before it      FLIP_COMPLETE
 *   skip      as it was        fails        fails       its own                     FLIP_SKIPPED
 *   cancel    as the state is  ECANCELED    ECANCELED   framebuffers before it      none
 * </pre>
 *
 * <p>All under the display's lock; what is to follow goes on the list. What ends a flip returns
 * what is to be given back, with one use each.
 */
final class Flips {
  private final KmsDevice device;
  private final Runner runner;
  private final DmaClock clock;
  private final Work work;
  private long shown;
  private long skipped;

  Flips(KmsDevice device, Runner runner, DmaClock clock, Work work, FlipCounters before) {
    this.device = device;
    this.runner = runner;
    this.clock = clock;
    this.work = work;
    this.shown = before.shown();
    this.skipped = before.skipped();
  }

  FlipCounters counters() {
    return new FlipCounters(shown, skipped);
  }

  /** Returns the last vblank of a CRTC, or just the time when it does not run. */
  VblankTime now(Pipe pipe) {
    long now = clock.nanos();
    return pipe.isRunning() ? pipe.last(now) : new VblankTime(0, now);
  }

  /** It is on the screen. */
  List<Framebuffer> complete(Flip flip, List<Runnable> after) {
    shown++;
    runner.pipe(flip.crtc()).finished(flip.scene(), clock.nanos());
    if (flip.outFence().isPresent()) {
      DmaFence fence = flip.outFence().get();
      after.add(() -> device.fences().signal(fence));
    }
    write(flip, after);
    done(flip, after);
    return flip.left();
  }

  /** It is not shown: the state of its planes goes back. */
  List<Framebuffer> skip(Flip flip, Errno error, List<Runnable> after) {
    skipped++;
    List<Framebuffer> left = new ArrayList<>();
    for (PlaneChange change : flip.changes()) {
      // Unless it was emptied meanwhile, because a file has ended.
      boolean back = device.state().of(change.plane()).equals(change.after());
      if (back) {
        device.setState(device.state().with(change.plane(), change.before()));
      }
      if (change.isOther()) {
        (back ? change.after() : change.before()).framebuffer().ifPresent(left::add);
      }
    }
    runner.pipe(flip.crtc()).finished(Scene.of(device.state(), flip.crtc()), clock.nanos());
    flip.outFence().ifPresent(fence -> after.add(() -> device.fences().fail(fence, error)));
    refuseWriting(flip, error, after);
    done(flip, after);
    return left;
  }

  /** Nobody will look at it again. */
  List<Framebuffer> cancel(Flip flip, List<Runnable> after) {
    runner.pipe(flip.crtc()).finished(flip.scene(), clock.nanos());
    flip.outFence().ifPresent(fence -> after.add(() -> device.fences().cancel(fence)));
    refuseWriting(flip, Errno.ECANCELED, after);
    Commit commit = flip.commit();
    if (commit.flipped(flip)) {
      commit.setState(Commit.State.CANCELED);
      Optional<DmaFence> awaited = commit.taken();
      after.add(commit::forget);
      after.add(() -> awaited.ifPresent(device.fences()::cancel));
    }
    return flip.left();
  }

  private void done(Flip flip, List<Runnable> after) {
    Commit commit = flip.commit();
    if (commit.flipped(flip)) {
      Optional<DmaFence> awaited = commit.taken();
      after.add(
          () -> {
            commit.forget();
            awaited.ifPresent(device.fences()::signal);
          });
    }
  }

  /** Tells who asked. */
  void tell(Flip flip, Kind kind, VblankTime at, Scan scan, List<Runnable> after) {
    KmsFile file = flip.commit().file();
    if (flip.event().isPresent() && !file.isClosed()) {
      file.events()
          .deliver(
              new KmsEvent(
                  kind,
                  flip.crtc(),
                  flip.event().getAsLong(),
                  at.sequence(),
                  at.timeNanos(),
                  scan));
      if (file.events().isListened()) {
        after.add(file.events()::wake);
      }
    }
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

  private void refuseWriting(Flip flip, Errno error, List<Runnable> after) {
    for (WritebackJob job : flip.writebacks()) {
      after.add(() -> device.fences().fail(job.done(), error));
      after.add(() -> work.later(job.into()::unuse));
    }
  }

  /** After the fences. */
  void giveBack(Commit commit, List<Framebuffer> left, List<Runnable> after) {
    boolean settles = settles(commit);
    if (settles || !left.isEmpty()) {
      after.add(() -> giveBackSoon(commit, left, settles));
    }
  }

  /** What may wait for reservations not on this thread. */
  private void giveBackSoon(Commit commit, List<Framebuffer> left, boolean settles) {
    for (Framebuffer framebuffer : left) {
      if (!framebuffer.tryUnuse()) {
        work.later(framebuffer::unuse);
      }
    }
    if (settles) {
      commit.settle(work);
    }
  }

  /** Whether all is done of a commit for which nobody waits. */
  static boolean settles(Commit commit) {
    return commit.flips().isEmpty() && commit.has(AtomicFlag.NONBLOCK);
  }

  /** No lock may be held. */
  static void giveBackNow(Commit commit, List<Framebuffer> left, boolean settles) {
    left.forEach(Framebuffer::unuse);
    if (settles) {
      commit.settle();
    }
  }
}
