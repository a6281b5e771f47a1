package org.dmabuf.fence;

import java.time.Duration;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What a driver says of a fence context that it opens.
 *
 * @param driverName as descriptions show it, never null
 * @param timelineName as descriptions show it, never null
 * @param kind how its fences are numbered: DRIVER or HARDWARE, never null
 * @param ops what the driver does for its fences; empty when it only completes them
 * @param timeout after how long a fence that is still pending completes with ETIMEDOUT, by the
 *     product's clock from when it was made, more than 0; empty for no watchdog
 */
public record FenceContextInfo(
    String driverName,
    String timelineName,
    FenceKind kind,
    Optional<FenceOps> ops,
    Optional<Duration> timeout) {

  /**
   * Checks what the types cannot say.
   *
   * @throws DmaBufException EINVAL without names, for another kind, or a timeout that is not more
   *     than 0
   */
  public FenceContextInfo {
    if (driverName == null || timelineName == null) {
      throw refused(driverName, timelineName, "needs the names of its driver and its timeline");
    }
    if (kind != FenceKind.DRIVER && kind != FenceKind.HARDWARE) {
      throw refused(driverName, timelineName, "is of kind " + kind + "; DRIVER or HARDWARE work");
    }
    if (timeout.filter(time -> time.isZero() || time.isNegative()).isPresent()) {
      throw refused(
          driverName, timelineName, "has a timeout of " + timeout.get() + ", not above 0");
    }
  }

  /** Returns a context that counts in 64 bits, with neither hooks nor a watchdog. */
  public static FenceContextInfo of(String driverName, String timelineName) {
    return new FenceContextInfo(
        driverName, timelineName, FenceKind.DRIVER, Optional.empty(), Optional.empty());
  }

  /** Returns the same context with numbers as devices write them: 32 bits that wrap around. */
  public FenceContextInfo with32BitNumbers() {
    return new FenceContextInfo(driverName, timelineName, FenceKind.HARDWARE, ops, timeout);
  }

  /** Returns the same context with hooks, which are dropped when it is closed; never null. */
  public FenceContextInfo withOps(FenceOps hooks) {
    return new FenceContextInfo(driverName, timelineName, kind, Optional.of(hooks), timeout);
  }

  /** Returns the same context with a watchdog; never null. */
  public FenceContextInfo withTimeout(Duration limit) {
    return new FenceContextInfo(driverName, timelineName, kind, ops, Optional.of(limit));
  }

  private static DmaBufException refused(String driverName, String timelineName, String why) {
    return new DmaBufException(
        Errno.EINVAL, "A fence context (" + driverName + " " + timelineName + ") " + why);
  }
}
