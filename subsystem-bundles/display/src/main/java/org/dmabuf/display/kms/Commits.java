package org.dmabuf.display.kms;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Flip.PlaneChange;
import org.dmabuf.fence.DmaFence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

  /** As long as the kernel waits for a flip that nothing holds up any more. */
  static final Duration VBLANK_BOUND = Duration.ofSeconds(10);

  private static final String GIVEN = "given a commit";

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
    AtomicCheck planned = device.locked().look(() -> check(file, request, flags));
    if (flags.contains(AtomicFlag.TEST_ONLY)) {
      return;
    }
    Prepared prepared = Prepared.of(request, planned.after());
    boolean blocking = !flags.contains(AtomicFlag.NONBLOCK);
    Commit commit;
    try {
      if (!blocking) {
        checkIdle(file, planned.affected());
      }
      List<DmaFence> fences = fences(request, planned.after(), flags);
      if (blocking) {
        fences.forEach(DmaFence::await);
      }
      commit = device.newCommit(file, flags, fences, prepared.framebuffers());
    } catch (DmaBufException refused) {
      prepared.undo();
      throw refused;
    }
    begin(commit, request, flags, planned);
    commit.start();
    if (blocking) {
      if (!commit.awaited().awaitUninterruptibly(VBLANK_BOUND)) {
        LOG.error(
            "Display {} has not said within {} that a commit is on its screen; its client goes on",
            device.info().name(),
            VBLANK_BOUND);
      }
      commit.settle();
    }
  }

  /** What a plane waits for: its explicit fence, or those of its framebuffer. */
  private static List<DmaFence> fences(
      AtomicRequest request, KmsState planned, Set<AtomicFlag> flags) {
    List<DmaFence> fences = List.of();
    for (int i = 0; i < request.planes().size(); i++) {
      Plane plane = request.planes().get(i);
      Optional<Framebuffer> shown = planned.of(plane).framebuffer();
      Optional<DmaFence> explicit = request.inFence(plane);
      if (explicit.isPresent()) {
        fences = Lists.with(fences, explicit.get());
      }
      if (shown.isPresent()) {
        boolean implicit = explicit.isEmpty();
        fences = Lists.join(fences, implicit ? shown.get().writers() : shown.get().arrival());
        if (implicit && flags.contains(AtomicFlag.SKIP_FAILED)) {
          fences = Lists.join(fences, shown.get().failures());
        }
      }
    }
    return fences;
  }

  private void begin(
      Commit commit, AtomicRequest request, Set<AtomicFlag> flags, AtomicCheck planned) {
    Offers offers = Offers.of(device, request);
    try {
      offers.make();
      while (true) {
        Optional<DmaFence> busy =
            device.locked().look(() -> tryBegin(commit, request, flags, planned, offers));
        if (busy.isEmpty()) {
          return;
        }
        if (!busy.get().await(VBLANK_BOUND)) {
          LOG.warn(
              "Display {}: a commit waits for {} since {}",
              device.info().name(),
              busy.get().describe(),
              VBLANK_BOUND);
        }
      }
    } catch (DmaBufException refused) {
      commit.forget();
      commit.taken().ifPresent(device.fences()::cancel);
      offers.withdraw();
      commit.settle();
      throw refused;
    }
  }

  /** Returns what is to be waited for first, when a commit is pending; empty when it has begun. */
  private Optional<DmaFence> tryBegin(
      Commit commit,
      AtomicRequest request,
      Set<AtomicFlag> flags,
      AtomicCheck planned,
      Offers offers) {
    AtomicCheck check = checkAgain(commit.file(), request, flags, planned);
    Flip pending = pending(check.affected());
    if (pending != null) {
      if (flags.contains(AtomicFlag.NONBLOCK)) {
        throw busy(commit.file());
      }
      return Optional.of(pending.commit().awaited());
    }
    if (request.event().isPresent()) {
      commit.file().events().checkRoom(check.affected().size());
    }
    List<Flip> flips = List.of();
    for (Crtc crtc : check.affected()) {
      Flip flip = flip(commit, crtc, check, request, offers);
      flips = Lists.with(flips, flip);
      device.pipe(crtc).take(flip, device.now());
    }
    device.setState(check.after());
    commit.setFlips(flips);
    return Optional.empty();
  }

  private Flip flip(
      Commit commit, Crtc crtc, AtomicCheck check, AtomicRequest request, Offers offers) {
    boolean runs = check.before().of(crtc).active() || check.after().of(crtc).active();
    return new Flip(
        commit,
        crtc,
        check.modesets().contains(crtc),
        Scene.of(check.after(), crtc),
        changes(crtc, request, check),
        runs ? request.event() : OptionalLong.empty(),
        offers.of(crtc),
        offers.jobs(crtc, check.after()));
  }

  /** Uses what a CRTC shows anew; what it shows no longer is the flip's to give back. */
  private static List<PlaneChange> changes(Crtc crtc, AtomicRequest request, AtomicCheck check) {
    List<PlaneChange> changes = List.of();
    for (Plane plane : request.planes()) {
      if (plane.possibleCrtc() == crtc) {
        PlaneChange change =
            new PlaneChange(plane, check.before().of(plane), check.after().of(plane));
        if (change.isOther()) {
          change.after().framebuffer().ifPresent(Framebuffer::use);
        }
        changes = Lists.with(changes, change);
      }
    }
    return changes.size() < 2
        ? changes
        : changes.stream().sorted(Comparator.comparingInt(each -> each.plane().id())).toList();
  }

  /** What was found before holds as long as nothing has changed. */
  private AtomicCheck checkAgain(
      KmsFile file, AtomicRequest request, Set<AtomicFlag> flags, AtomicCheck before) {
    if (device.current() != before.before()) {
      return check(file, request, flags);
    }
    device.checkOpen(file, GIVEN);
    return before;
  }

  private AtomicCheck check(KmsFile file, AtomicRequest request, Set<AtomicFlag> flags) {
    device.checkOpen(file, GIVEN);
    KmsState before = device.current();
    AtomicCheck check = new AtomicCheck(device.info(), request, before, request.applyTo(before));
    check.run(flags);
    return check;
  }

  /** EBUSY before anybody is given a fence; a state that changes meanwhile is found later. */
  private void checkIdle(KmsFile file, List<Crtc> crtcs) {
    if (device.locked().look(() -> pending(crtcs)) != null) {
      throw busy(file);
    }
  }

  /** Returns what one of some CRTCs waits for; null when none does. */
  private Flip pending(List<Crtc> crtcs) {
    for (Crtc crtc : crtcs) {
      Optional<Flip> pending = device.pipe(crtc).pending();
      if (pending.isPresent()) {
        return pending.get();
      }
    }
    return null;
  }

  private DmaBufException busy(KmsFile file) {
    return new DmaBufException(
        Errno.EBUSY, file + " has made a commit while one is pending; wait for its event");
  }
}
