package org.dmabuf.display.kms;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;

/**
 * A commit that was accepted, from then to its last vblank.
 *
 * <pre>
 *   WAITING (for one fence after the other) --all completed--> ARMED --each CRTC's vblank--> DONE
 *      +----------------- its file is closed, the driver leaves -+--> CANCELED
 * </pre>
 *
 * <p>State, flips and their count are guarded by the display's lock; the walk over the fences is
 * done by one thread at a time, as each is told of by the one before. Kernel counterpart: {@code
 * struct drm_crtc_commit}.
 */
final class Commit {
  /** Where it is. */
  enum State {
    WAITING,
    ARMED,
    DONE,
    CANCELED
  }

  private final KmsFile file;
  private final Set<AtomicFlag> flags;
  private final List<DmaFence> fences;
  private final DmaFence done;
  private final FenceCallback told;
  private final Consumer<Commit> ready;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<List<Framebuffer>> prepared;
  private State state = State.WAITING;
  private List<Flip> flips = List.of();

  /**
   * Makes one that waits.
   *
   * @param prepared framebuffers that were prepared for it, with one use each
   * @param callback makes what is put on fences
   * @param done what completes when all is done
   * @param ready told when all fences have completed, with no lock held
   */
  Commit(
      KmsFile file,
      Set<AtomicFlag> flags,
      List<DmaFence> fences,
      List<Framebuffer> prepared,
      DmaFence done,
      Function<Consumer<DmaFence>, FenceCallback> callback,
      Consumer<Commit> ready) {
    this.file = file;
    this.flags = EnumSet.noneOf(AtomicFlag.class);
    this.flags.addAll(flags);
    this.fences = List.copyOf(fences);
    this.prepared = new AtomicReference<>(prepared);
    this.done = done;
    this.ready = ready;
    this.told = callback.apply(fence -> completed());
  }

  /** Starts to wait; no lock may be held. */
  void start() {
    for (int at = next.get(); at < fences.size(); at = next.incrementAndGet()) {
      if (fences.get(at).addCallback(told)) {
        return; // and go on when it completes
      }
    }
    ready.accept(this);
  }

  private void completed() {
    next.incrementAndGet();
    start();
  }

  KmsFile file() {
    return file;
  }

  boolean has(AtomicFlag flag) {
    return flags.contains(flag);
  }

  /** Returns the fence that it waits for now; empty when all have completed. */
  Optional<DmaFence> waitsFor() {
    int at = next.get();
    return at < fences.size() ? Optional.of(fences.get(at)) : Optional.empty();
  }

  /** Returns why it is not to be shown, once all its fences have completed. */
  Optional<Errno> failure() {
    if (!has(AtomicFlag.SKIP_FAILED)) {
      return Optional.empty();
    }
    for (DmaFence fence : fences) {
      Optional<Errno> error = fence.error();
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  /** Returns what completes when the last CRTC has flipped, or with ECANCELED. */
  DmaFence done() {
    return done;
  }

  /** Forgets the fences that are not complete. */
  void forget() {
    told.close();
  }

  /** Lets go of the framebuffers that were prepared, once; no lock may be held. */
  void settle() {
    for (Framebuffer framebuffer : prepared.getAndSet(List.of())) {
      framebuffer.settled();
      framebuffer.unuse();
    }
  }

  State state() {
    return state;
  }

  void setState(State now) {
    state = now;
  }

  /** Returns those that have not come to their vblank. */
  List<Flip> flips() {
    return flips;
  }

  void setFlips(List<Flip> all) {
    flips = List.copyOf(all);
  }

  /** One has come to its vblank; returns whether it was the last. */
  @SuppressWarnings("ReferenceEquality") // this one, whatever another one is like
  boolean flipped(Flip flip) {
    flips = flips.stream().filter(other -> other != flip).toList();
    if (flips.isEmpty()) {
      state = State.DONE;
    }
    return flips.isEmpty();
  }
}
