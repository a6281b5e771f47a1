package org.dmabuf.resv;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A family of ww-mutexes that may be taken together, ordered by the stamps of the contexts that
 * take them: the older context waits, the younger one dies (wait-die) and begins again.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct ww_class}, {@code DEFINE_WD_CLASS}.
 */
public final class WwClass {
  private final String name;
  private final AtomicLong stamps = new AtomicLong();

  /**
   * Makes a family.
   *
   * @param name as messages show it, never null
   */
  public WwClass(String name) {
    this.name = name;
  }

  /** Returns the name, never null. */
  public String name() {
    return name;
  }

  /** Returns a new context, younger than all before it, for the calling thread. */
  public AcquireContext begin() {
    return new AcquireContext(this, stamps.incrementAndGet());
  }
}
