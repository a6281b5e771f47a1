package org.dmabuf.display.kms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
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
    make(file, request, flags);
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
    List<Framebuffer> used = use(request, planned);
    try {
      boolean blocking = !flags.contains(AtomicFlag.NONBLOCK);
      if (!blocking) {
        checkIdle(file, request);
      }
      List<DmaFence> fences = fences(request, planned);
      if (blocking) {
        fences.forEach(DmaFence::await);
      }
      Commit commit = device.newCommit(file, fences);
      begin(commit, request, flags);
      commit.start();
      if (blocking) {
        commit.done().awaitUninterruptibly(VBLANK_BOUND);
      }
    } finally {
      used.forEach(Framebuffer::unuse);
    }
  }

  /** What is waited for and written to stays until this call has ended, whoever removes it. */
  private static List<Framebuffer> use(AtomicRequest request, KmsState planned) {
    List<Framebuffer> wanted = new ArrayList<>();
    request.planes().forEach(plane -> planned.of(plane).framebuffer().ifPresent(wanted::add));
    request.writebacks().values().forEach(job -> wanted.add(job.into()));
    List<Framebuffer> used = new ArrayList<>();
    for (Framebuffer framebuffer : wanted) {
      if (!framebuffer.tryUse()) {
        used.forEach(Framebuffer::unuse);
        throw new DmaBufException(
            Errno.ENOENT, framebuffer + " was to be shown after it was removed; make another one");
      }
      used.add(framebuffer);
    }
    return used;
  }

  private static List<DmaFence> fences(AtomicRequest request, KmsState planned) {
    List<DmaFence> fences = new ArrayList<>();
    for (Plane plane : request.planes()) {
      request
          .inFence(plane)
          .ifPresentOrElse(
              fences::add,
              () ->
                  planned
                      .of(plane)
                      .framebuffer()
                      .ifPresent(framebuffer -> fences.addAll(framebuffer.writers())));
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
    Map<Crtc, List<Framebuffer>> left = new HashMap<>();
    swap(request, check.after(), left);
    List<Flip> flips = new ArrayList<>();
    for (Crtc crtc : check.affected()) {
      Flip flip = flip(commit, crtc, check, request, offers, left);
      flips.add(flip);
      device.pipe(crtc).take(flip);
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
      Map<Crtc, List<Framebuffer>> left) {
    boolean runs = check.before().of(crtc).active() || check.after().of(crtc).active();
    return new Flip(
        commit,
        crtc,
        check.modesets().contains(crtc),
        Scene.of(check.after(), crtc),
        left.getOrDefault(crtc, List.of()),
        runs ? request.event() : OptionalLong.empty(),
        offers.of(crtc),
        offers.jobs(crtc, check.after()));
  }

  /** Makes a state the current one; what is shown no longer is the flip's to give back. */
  private void swap(AtomicRequest request, KmsState next, Map<Crtc, List<Framebuffer>> left) {
    KmsState before = device.state();
    for (Plane plane : request.planes()) {
      Optional<Framebuffer> old = before.of(plane).framebuffer();
      Optional<Framebuffer> now = next.of(plane).framebuffer();
      if (!old.equals(now)) {
        now.ifPresent(Framebuffer::use);
        old.ifPresent(
            gone ->
                left.computeIfAbsent(plane.possibleCrtc(), crtc -> new ArrayList<>()).add(gone));
      }
    }
    device.setState(next);
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

  private Optional<Flip> pending(Set<Crtc> crtcs) {
    return crtcs.stream().flatMap(crtc -> device.pipe(crtc).pending().stream()).findFirst();
  }

  private DmaBufException busy(KmsFile file) {
    return new DmaBufException(
        Errno.EBUSY, file + " has made a commit while one is pending; wait for its event");
  }
}
