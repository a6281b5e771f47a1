package org.dmabuf.resv;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * One attempt to hold several ww-mutexes at a time. It keeps its stamp over retries, so the oldest
 * attempt wins in the end.
 *
 * <pre>
 *   ACQUIRING --done()--> DONE --close()--> CLOSED    (close needs all its mutexes unlocked)
 * </pre>
 *
 * <p>Used by the thread that made it; others only read its stamp. Kernel counterpart: {@code struct
 * ww_acquire_ctx}.
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

  void acquired() {
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
