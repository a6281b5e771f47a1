package org.dmabuf;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.dmabuf.seam.Seam;

/**
 * How far a client is.
 *
 * <pre>
 *   OPEN --leave()--> LEAVING --{@link Teardown}, gone()--> GONE
 *   takes and gives   gives only                            everything undone
 * </pre>
 *
 * <p>Whoever takes something asks before, and again when it is in the books: either it asks in
 * time, or the teardown, which begins by leaving OPEN, finds it there. Thread-safe.
 */
final class ClientLife {
  private enum State {
    OPEN,
    LEAVING,
    GONE
  }

  private final String name;
  private final AtomicBoolean torndown = new AtomicBoolean();
  private volatile State state = State.OPEN;

  ClientLife(String name) {
    this.name = name;
  }

  boolean isOpen() {
    Seam.step();
    return state == State.OPEN;
  }

  /** ENODEV when nothing can be taken any more. */
  void checkOpen(String what) {
    Seam.step();
    if (state != State.OPEN) {
      throw new DmaBufException(
          Errno.ENODEV, name + " is " + state + " and can no longer " + what + "; it has stopped");
    }
  }

  /** ENODEV once everything is undone; who leaves may still do what gives something back. */
  void checkNotGone(String what) {
    if (state == State.GONE) {
      throw new DmaBufException(
          Errno.ENODEV, name + " is " + state + " and can no longer " + what + "; it has stopped");
    }
  }

  /**
   * Asks again, for something that is in the books now.
   *
   * @param undo what gives it back when it came too late
   * @return what was taken
   * @throws DmaBufException ENODEV when it came too late
   */
  <T> T kept(String what, T taken, Consumer<? super T> undo) {
    Seam.step();
    if (state != State.OPEN) {
      undo.accept(taken);
    }
    checkOpen(what);
    return taken;
  }

  /** From now on it may only give back. */
  void leave() {
    Seam.step();
    synchronized (this) {
      if (state == State.OPEN) {
        state = State.LEAVING;
      }
    }
  }

  /** True once: who gets it undoes everything. */
  boolean beginsTeardown() {
    Seam.step();
    return torndown.compareAndSet(false, true);
  }

  synchronized void gone() {
    state = State.GONE;
  }

  @Override
  public String toString() {
    return name + " is " + state;
  }
}
