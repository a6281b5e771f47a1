package org.dmabuf.resv;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.seam.Seam;

/**
 * A family of ww-mutexes that may be taken together, ordered by the stamps of the contexts that
 * take them; the {@link WwAlgorithm} says who gives way.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct ww_class}.
 */
public final class WwClass {
  private final String name;
  private final WwAlgorithm algorithm;
  private final AtomicLong stamps = new AtomicLong();
  private final AtomicLong reservations = new AtomicLong();

  /**
   * Makes a family whose younger contexts die, as that of the kernel's reservations.
   *
   * @param name as messages show it, never null
   */
  public WwClass(String name) {
    this(name, WwAlgorithm.WAIT_DIE);
  }

  /**
   * Makes a family.
   *
   * @param name as messages show it, never null
   * @param algorithm who gives way, never null
   */
  public WwClass(String name, WwAlgorithm algorithm) {
    this.name = Objects.requireNonNull(name, "name");
    this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
  }

  /** Returns the name, never null. */
  public String name() {
    return name;
  }

  /** Returns who gives way, never null. */
  public WwAlgorithm algorithm() {
    return algorithm;
  }

  /** Returns a new context, younger than all before it, for the calling thread. */
  public AcquireContext begin() {
    Seam.step();
    return new AcquireContext(this, stamps.incrementAndGet());
  }

  /** Returns a new reservation's number, by which sets are sorted. */
  long number() {
    Seam.step();
    return reservations.incrementAndGet();
  }
}
