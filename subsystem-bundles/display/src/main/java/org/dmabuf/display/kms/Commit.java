package org.dmabuf.display.kms;

import java.util.List;
import java.util.Optional;
import java.util.Set;
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
final class Commit implements Consumer<DmaFence> {
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
  private final DisplayFences makes;
  private final FenceCallback told;
  private final Consumer<Commit> ready;
  private volatile int next; // of the fences; changed by who walks
  private List<Framebuffer> prepared; // guarded by this
  private State state = State.WAITING;
  private List<Flip> flips = List.of();
  private DmaFence done; // null unless somebody waits for it; guarded by the display's lock

  /**
   * Makes one that waits. Nobody changes the lists and the set that it is given.
   *
   * @param prepared framebuffers that were prepared for it, with one use each
   * @param callback makes what is put on fences
   * @param makes makes what completes when all is done
   * @param ready told when all fences have completed, with no lock held
   */
  Commit(
      KmsFile file,
      Set<AtomicFlag> flags,
      List<DmaFence> fences,
      List<Framebuffer> prepared,
      DisplayFences makes,
      Function<Consumer<DmaFence>, FenceCallback> callback,
      Consumer<Commit> ready) {
    this.file = file;
    this.flags = flags;
    this.fences = fences;
    this.prepared = prepared;
    this.makes = makes;
    this.done = flags.contains(AtomicFlag.NONBLOCK) ? null : makes.commit();
    this.ready = ready;
    this.told = callback.apply(this);
  }

  /** Starts to wait; no lock may be held. */
  void start() {
    walk(next);
  }

  private void walk(int from) {
    for (int at = from; at < fences.size(); at++) {
      next = at;
      if (fences.get(at).addCallback(told)) {
        return; // and go on when it completes
      }
    }
    next = fences.size();
    ready.accept(this);
  }

  /** The fence that it has come to is complete. */
  @Override
  public void accept(DmaFence fence) {
    walk(next + 1);
  }

  KmsFile file() {
    return file;
  }

  boolean has(AtomicFlag flag) {
    return flags.contains(flag);
  }

  /** Returns the fence that it waits for now; empty when all have completed. */
  Optional<DmaFence> waitsFor() {
    int at = next;
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

  /**
   * Returns what completes when the last CRTC has flipped, or with ECANCELED; before that, under
   * the lock. One that blocks has it from the beginning.
   */
  DmaFence awaited() {
    if (done == null) {
      done = makes.commit();
    }
    return done;
  }

  /** Returns what is to be completed now; empty when nobody waits; under the lock. */
  Optional<DmaFence> taken() {
    return Optional.ofNullable(done);
  }

  /** Forgets the fences that are not complete. */
  void forget() {
    told.close();
  }

  /** Lets go of the framebuffers that were prepared, once; no lock may be held. */
  void settle() {
    for (Framebuffer framebuffer : takePrepared()) {
      settle(framebuffer);
    }
  }

  /** As {@link #settle()}; what may wait is done on another thread. */
  void settle(Work later) {
    for (Framebuffer framebuffer : takePrepared()) {
      if (!framebuffer.tryUnuse()) {
        later.later(() -> settle(framebuffer));
      }
    }
  }

  private synchronized List<Framebuffer> takePrepared() {
    List<Framebuffer> taken = prepared;
    prepared = List.of();
    return taken;
  }

  private static void settle(Framebuffer framebuffer) {
    framebuffer.settled();
    framebuffer.unuse();
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
    flips = all;
  }

  /** One has come to its vblank; returns whether it was the last. */
  @SuppressWarnings("ReferenceEquality") // this one, whatever another one is like
  boolean flipped(Flip flip) {
    boolean only = flips.size() == 1 && flips.getFirst() == flip;
    flips = only ? List.of() : flips.stream().filter(other -> other != flip).toList();
    if (flips.isEmpty()) {
      state = State.DONE;
    }
    return flips.isEmpty();
  }
}
