package org.dmabuf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reference count that notices when it is misused: one that overflows is kept for ever rather
 * than released too early, and one that has reached its end never comes back to life.
 *
 * <pre>
 *   MIN_VALUE ........ -1 |    0    | 1 ......... {@value #MOST} | ......... MAX_VALUE
 *         RELEASED        |  never  |           LIVE             |     SATURATED
 *      (put to its middle)          |   (the references)         | (put to its middle)
 *
 *   LIVE --put of the last reference--> RELEASED
 *   LIVE --get of one too many--> SATURATED (logged; puts are ignored; only retire() ends it)
 * </pre>
 *
 * <p>The last put goes from 1 to the middle of RELEASED at once, so a get, which adds before it
 * looks, finds a number by which it knows: no count of threads that are between the two can carry
 * it into another zone. So a get is one addition and a put is one compare-and-set, and neither
 * allocates. Thread-safe; what was done before a put is seen by the thread that puts last. Kernel
 * counterpart: {@code refcount_t}.
 */
public final class RefCount {
  /** The most references that are counted. */
  public static final int MOST = (1 << 30) - 1;

  private static final int SATURATED = MOST + (1 << 29);
  private static final int RELEASED = -(1 << 30);
  private static final Logger LOG = LoggerFactory.getLogger(RefCount.class);
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(RefCount.class, "count", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** What a put found. */
  public enum Put {
    /** There are others, or the count is saturated. */
    KEPT,
    /** It was the last reference: the caller releases. */
    LAST,
    /** There was none: it was put more often than it was got. */
    NONE
  }

  @SuppressWarnings("unused") // read and written by the VarHandle
  private volatile int count;

  /** Makes a count of one reference, the caller's. */
  public RefCount() {
    this(1);
  }

  /** Makes a count of some references, 1 to {@link #MOST}. */
  RefCount(int references) {
    COUNT.setRelease(this, references);
  }

  /**
   * Takes a reference, unless all are gone.
   *
   * @param what is counted, shown in the message of an overflow, never null
   * @return whether it did; also true when the count is saturated
   */
  public boolean tryGet(Object what) {
    Seam.step();
    int before = (int) COUNT.getAndAdd(this, 1);
    // One comparison for both ends: 1 to MOST - 1 may be added to.
    if (Integer.compareUnsigned(before - 1, MOST - 1) < 0) {
      return true;
    }
    return outOfRange(before, what);
  }

  /** Drops a reference and says what that came to. */
  public Put put() {
    while (true) {
      Seam.step();
      int now = count;
      if (now > MOST) {
        return Put.KEPT;
      }
      if (now <= 0) {
        return Put.NONE;
      }
      Seam.step();
      if (COUNT.compareAndSet(this, now, now == 1 ? RELEASED : now - 1)) {
        return now == 1 ? Put.LAST : Put.KEPT;
      }
    }
  }

  /** Drops all references at once; returns whether there were any. Who gets true releases. */
  public boolean retire() {
    Seam.step();
    return (int) COUNT.getAndSet(this, RELEASED) > 0;
  }

  /** Returns whether there are references. */
  public boolean isLive() {
    Seam.step();
    return count > 0;
  }

  /** Returns the references; 0 when released, more than {@link #MOST} when saturated. */
  public int references() {
    return Math.max(0, count);
  }

  @Override
  public String toString() {
    int now = count;
    return now <= 0 ? "RELEASED" : now > MOST ? "SATURATED" : now + " references";
  }

  private boolean outOfRange(int before, Object what) {
    Seam.step();
    if (before <= 0) {
      COUNT.compareAndSet(this, before + 1, RELEASED);
      return false;
    }
    COUNT.compareAndSet(this, before + 1, SATURATED);
    if (before == MOST) {
      LOG.warn("{} has more than {} references; it is never released", what, MOST);
    }
    return true;
  }
}
