package org.dmabuf.display;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;

/**
 * One page flip from the commit to its event.
 *
 * <pre>
 *             +--- the display's thread, at the flip ---> FLIPPED | SKIPPED
 *   PENDING --+
 *             +--- a stop or a close that comes first --> CANCELED
 * </pre>
 *
 * <p>Which way it goes is one compare-and-set: that is what makes a frame shown exactly once, by
 * this display or by its successor.
 */
final class Commit {
  private enum State {
    PENDING,
    FLIPPED,
    SKIPPED,
    CANCELED
  }

  private final DisplayFile file;
  private final Framebuffer framebuffer;
  private final Setting setting;
  private final long cookie;
  private final List<DmaFence> fences;
  private final DmaFence outFence;
  private final AtomicReference<State> state = new AtomicReference<>(State.PENDING);

  Commit(
      DisplayFile file,
      Framebuffer framebuffer,
      Setting setting,
      long cookie,
      List<DmaFence> fences,
      DmaFence outFence) {
    this.file = file;
    this.framebuffer = framebuffer;
    this.setting = setting;
    this.cookie = cookie;
    this.fences = fences;
    this.outFence = outFence;
  }

  DisplayFile file() {
    return file;
  }

  Framebuffer framebuffer() {
    return framebuffer;
  }

  Setting setting() {
    return setting;
  }

  long cookie() {
    return cookie;
  }

  List<DmaFence> fences() {
    return fences;
  }

  DmaFence outFence() {
    return outFence;
  }

  boolean isPending() {
    return state.get() == State.PENDING;
  }

  /** Returns the error of the first fence that failed; all of them have completed. */
  Optional<Errno> fenceError() {
    for (DmaFence fence : fences) {
      Optional<Errno> error = fence.error();
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  /** Decides at the flip; returns what was decided, CANCELED when a stop came first. */
  Outcome decide(boolean failed) {
    if (state.compareAndSet(State.PENDING, failed ? State.SKIPPED : State.FLIPPED)) {
      return failed ? Outcome.SKIPPED : Outcome.FLIPPED;
    }
    return Outcome.CANCELED;
  }

  /** Takes the commit back unless the flip was decided. */
  void cancel() {
    state.compareAndSet(State.PENDING, State.CANCELED);
  }
}
