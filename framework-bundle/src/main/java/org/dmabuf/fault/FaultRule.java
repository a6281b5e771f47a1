package org.dmabuf.fault;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Which calls are struck, how often and by what.
 *
 * @param bundle symbolic name of whose driver is called, or who allocates; {@code *} for any
 * @param points which calls; empty for all
 * @param kind what happens, never null
 * @param errno what FAIL gives, never null
 * @param rate the part of calls that is struck, 0 to 1
 * @param duration how long SLOW takes and HANG lasts at most, on the product's clock, never null
 * @param seed by which it is drawn whether a call is struck: the n-th call of a point of a bundle
 *     is, or is not, always the same
 */
public record FaultRule(
    String bundle,
    Set<FaultPoint> points,
    FaultKind kind,
    Errno errno,
    double rate,
    Duration duration,
    long seed) {
  /** Stands for all bundles. */
  public static final String ANY = "*";

  /**
   * Takes a copy.
   *
   * @throws DmaBufException EINVAL for a rate that is not 0 to 1, or a duration below 0
   */
  public FaultRule {
    Objects.requireNonNull(bundle, "bundle");
    points = Set.copyOf(points);
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(errno, "errno");
    if (!(rate >= 0 && rate <= 1) || duration.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Faults of "
              + bundle
              + " were asked for "
              + rate
              + " of the calls and for "
              + duration
              + "; 0 to 1, and 0 or more, work");
    }
  }

  /** Returns a rule that strikes each call of a point of a bundle, with EIO, or for 10 s. */
  public static FaultRule each(String bundle, FaultPoint point, FaultKind kind) {
    return new FaultRule(bundle, Set.of(point), kind, Errno.EIO, 1, Duration.ofSeconds(10), 0);
  }

  /** Returns the same with another errno. */
  public FaultRule withErrno(Errno other) {
    return new FaultRule(bundle, points, kind, other, rate, duration, seed);
  }

  /** Returns the same with another rate and seed. */
  public FaultRule withRate(double other, long otherSeed) {
    return new FaultRule(bundle, points, kind, errno, other, duration, otherSeed);
  }

  /** Returns the same with another duration. */
  public FaultRule withDuration(Duration other) {
    return new FaultRule(bundle, points, kind, errno, rate, other, seed);
  }

  boolean isOf(String client) {
    return bundle.equals(ANY) || bundle.equals(client);
  }

  boolean isAt(FaultPoint point) {
    return points.isEmpty() || points.contains(point);
  }

  @Override
  public String toString() {
    return (kind == FaultKind.FAIL ? kind + " " + errno : kind.toString())
        + " of "
        + (points.isEmpty() ? "all calls" : points)
        + " of "
        + bundle
        + ", "
        + rate
        + " of them by seed "
        + seed;
  }
}
