package org.dmabuf.resv;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * One attempt to hold several ww-mutexes at a time. It keeps its stamp over retries, so the oldest
 * attempt wins in the end.
 *
 * <pre>
 *   ACQUIRING --done()--> DONE --close()--> CLOSED    (close needs all its mutexes unlocked)
 *
 *   wounded: an older context waits for something of this one, which must give way where it would
 *            wait; healed once it holds nothing
 * </pre>
 *
 * <p>Used by one thread at a time; others only read its stamp and wound it. Kernel counterpart:
 * {@code struct ww_acquire_ctx}.
 */
public final class AcquireContext implements AutoCloseable {
  private enum State {
    ACQUIRING,
    DONE,
    CLOSED
  }

  private final WwClass family;
  private final long stamp;
  private State state = State.ACQUIRING;
  private int held;
  private volatile boolean wounded;

  AcquireContext(WwClass family, long stamp) {
    this.family = family;
    this.stamp = stamp;
  }

  /** Declares that no further mutex will be taken with this context. */
  public void done() {
    state = State.DONE;
  }

  /**
   * Ends the context.
   *
   * @throws DmaBufException EBUSY while mutexes taken with it are still held
   */
  @Override
  public void close() {
    if (held != 0) {
      throw new DmaBufException(
          Errno.EBUSY,
          "Acquire context " + stamp + " was closed with " + held + " mutexes held; unlock first");
    }
    state = State.CLOSED;
  }

  /** Returns how many mutexes are held with this context. */
  public int held() {
    return held;
  }

  WwClass family() {
    return family;
  }

  boolean isOlderThan(AcquireContext other) {
    return stamp < other.stamp;
  }

  /** An older context waits for what this one has. */
  void wound() {
    Seam.step();
    wounded = true;
  }

  /** Returns whether it must give way rather than wait; whoever holds nothing stands in no way. */
  boolean mustGiveWay() {
    Seam.step();
    return held != 0 && wounded;
  }

  /** It has one more; called before that can be seen, so a wound of before was for another. */
  void acquired() {
    if (held == 0 && wounded) {
      wounded = false;
    }
    held++;
  }

  void released() {
    held--;
  }

  void checkAcquiring() {
    if (state != State.ACQUIRING) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Acquire context " + stamp + " is " + state + " and takes no more; begin another");
    }
  }

  @Override
  public String toString() {
    return family.name() + " context " + stamp;
  }
}
