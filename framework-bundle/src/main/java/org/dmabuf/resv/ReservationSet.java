package org.dmabuf.resv;

import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Reservations that one thread holds together. Closing it unlocks them, on that thread.
 *
 * <pre>
 *   HELD --close()--> RELEASED
 * </pre>
 */
public final class ReservationSet implements AutoCloseable {
  private final AcquireContext context;
  private List<DmaResv> held;

  ReservationSet(AcquireContext context, List<DmaResv> held) {
    this.context = context;
    this.held = held;
  }

  /** Returns what is held, each once; empty after close. */
  public List<DmaResv> held() {
    return held;
  }

  /** Unlocks all, newest first. Idempotent. EPERM on another thread than the one that locked. */
  @Override
  public void close() {
    List<DmaResv> toUnlock = held;
    if (!toUnlock.isEmpty() && !toUnlock.getFirst().isHeld()) {
      throw new DmaBufException(
          Errno.EPERM,
          toUnlock.size()
              + " reservations were to be unlocked by a thread that does not hold them; "
              + toUnlock.getFirst().holder()
              + " can");
    }
    held = List.of();
    toUnlock.reversed().forEach(DmaResv::unlock);
    if (!toUnlock.isEmpty()) {
      context.close();
    }
  }
}
