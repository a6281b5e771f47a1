package org.dmabuf.display.kms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Flip.PlaneChange;
import org.dmabuf.fence.DmaFence;

/**
 * How a request becomes what is on the screen.
 *
 * <pre>
 *   check --TEST_ONLY--> done
 *     |
 *     +-> [blocking: wait for its own fences] -> make out-fences -> [blocking: wait for what is
 *         pending] -> check again, change the state, become pending -> fences -> vblank
 *                                                      |
 *   until here nothing has changed and a wait          +-> [blocking: wait for that]
 *   can be interrupted
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_atomic_helper_commit()}.
 */
final class Commits {
  /** As long as the kernel waits for a flip that nothing holds up any more. */
  private static final Duration VBLANK_BOUND = Duration.ofSeconds(10);

  private final KmsDevice device;

  Commits(KmsDevice device) {
    this.device = device;
  }

  /** Makes a client's commit. */
  void commit(KmsFile file, AtomicRequest request, Set<AtomicFlag> flags) {
    device.checkMaster(file, "commit");
    if (!flags.contains(AtomicFlag.NONBLOCK)) {
      make(file, request, flags);
      return;
    }
    device.inside(
        () -> {
          make(file, request, flags);
          return request;
        });
  }

  /** Makes a blocking one that follows from something else, for which nobody has to be master. */
  void internal(KmsFile file, AtomicRequest request, Set<AtomicFlag> flags) {
    make(file, request, flags);
  }

  private void make(KmsFile file, AtomicRequest request, Set<AtomicFlag> flags) {
    KmsState planned = device.locked().change(after -> check(file, request, flags).after());
    if (flags.contains(AtomicFlag.TEST_ONLY)) {
      return;
    }
    Prepared prepared = Prepared.of(request, planned);
    boolean blocking = !flags.contains(AtomicFlag.NONBLOCK);
    Commit commit;
    try {
      if (!blocking) {
        checkIdle(file, request);
      }
      List<DmaFence> fences = fences(request, planned, flags);
      if (blocking) {
        fences.forEach(DmaFence::await);
      }
      commit = device.newCommit(file, flags, fences, prepared.framebuffers());
    } catch (DmaBufException refused) {
      prepared.undo();
      throw refused;
    }
    begin(commit, request, flags);
    commit.start();
    if (blocking) {
      commit.done().awaitUninterruptibly(VBLANK_BOUND);
      commit.settle();
    }
  }

  /** What a plane waits for: its explicit fence, or those of its framebuffer. */
  private static List<DmaFence> fences(
      AtomicRequest request, KmsState planned, Set<AtomicFlag> flags) {
    List<DmaFence> fences = new ArrayList<>();
    for (Plane plane : request.planes()) {
      Optional<Framebuffer> shown = planned.of(plane).framebuffer();
      Optional<DmaFence> explicit = request.inFence(plane);
      explicit.ifPresent(fences::add);
      if (shown.isPresent()) {
        fences.addAll(explicit.isPresent() ? shown.get().arrival() : shown.get().writers());
      }
      if (shown.isPresent() && explicit.isEmpty() && flags.contains(AtomicFlag.SKIP_FAILED)) {
        fences.addAll(shown.get().failures());
      }
    }
    return fences;
  }

  private void begin(Commit commit, AtomicRequest request, Set<AtomicFlag> flags) {
    Offers offers = new Offers(device, request);
    try {
      offers.make();
      while (true) {
        Optional<DmaFence> busy =
            device.locked().change(after -> tryBegin(commit, request, flags, offers));
        if (busy.isEmpty()) {
          return;
        }
        busy.get().await();
      }
    } catch (DmaBufException refused) {
      commit.forget();
      device.fences().cancel(commit.done());
      offers.withdraw();
      commit.settle();
      throw refused;
    }
  }

  /** Returns what is to be waited for first, when a commit is pending; empty when it has begun. */
  private Optional<DmaFence> tryBegin(
      Commit commit, AtomicRequest request, Set<AtomicFlag> flags, Offers offers) {
    AtomicCheck check = check(commit.file(), request, flags);
    Optional<Flip> pending = pending(check.affected());
    if (pending.isPresent()) {
      if (flags.contains(AtomicFlag.NONBLOCK)) {
        throw busy(commit.file());
      }
      return Optional.of(pending.get().commit().done());
    }
    if (request.event().isPresent()) {
      commit.file().events().checkRoom(check.affected().size());
    }
    List<PlaneChange> changes = swap(request, check.after());
    List<Flip> flips = new ArrayList<>();
    for (Crtc crtc : check.affected()) {
      Flip flip = flip(commit, crtc, check, request, offers, changes);
      flips.add(flip);
      device.pipe(crtc).take(flip, device.now());
    }
    commit.setFlips(flips);
    return Optional.empty();
  }

  private Flip flip(
      Commit commit,
      Crtc crtc,
      AtomicCheck check,
      AtomicRequest request,
      Offers offers,
      List<PlaneChange> changes) {
    boolean runs = check.before().of(crtc).active() || check.after().of(crtc).active();
    return new Flip(
        commit,
        crtc,
        check.modesets().contains(crtc),
        Scene.of(check.after(), crtc),
        changes.stream().filter(change -> change.plane().possibleCrtc() == crtc).toList(),
        runs ? request.event() : OptionalLong.empty(),
        offers.of(crtc),
        offers.jobs(crtc, check.after()));
  }

  /** Makes a state the current one; what is shown no longer is the flips' to give back. */
  private List<PlaneChange> swap(AtomicRequest request, KmsState next) {
    KmsState before = device.state();
    List<PlaneChange> changes = new ArrayList<>();
    for (Plane plane : request.planes()) {
      PlaneChange change = new PlaneChange(plane, before.of(plane), next.of(plane));
      if (change.isOther()) {
        change.after().framebuffer().ifPresent(Framebuffer::use);
      }
      changes.add(change);
    }
    changes.sort(Comparator.comparingInt(change -> change.plane().id()));
    device.setState(next);
    return changes;
  }

  private AtomicCheck check(KmsFile file, AtomicRequest request, Set<AtomicFlag> flags) {
    device.checkOpen(file, "given a commit");
    KmsState before = device.state();
    AtomicCheck check = new AtomicCheck(device.info(), request, before, request.applyTo(before));
    check.run(flags);
    return check;
  }

  private void checkIdle(KmsFile file, AtomicRequest request) {
    device
        .locked()
        .change(
            after -> {
              KmsState before = device.state();
              if (pending(request.affected(before, request.applyTo(before))).isPresent()) {
                throw busy(file);
              }
              return null;
            });
  }

  private Optional<Flip> pending(List<Crtc> crtcs) {
    return crtcs.stream().flatMap(crtc -> device.pipe(crtc).pending().stream()).findFirst();
  }

  private DmaBufException busy(KmsFile file) {
    return new DmaBufException(
        Errno.EBUSY, file + " has made a commit while one is pending; wait for its event");
  }
}
