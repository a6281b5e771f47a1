package org.dmabuf;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where those wait who need buffers to be given back: exporters that leave, and those that take a
 * buffer back. Every wait is bounded on the product's clock.
 *
 * <p>Thread-safe; nothing is called with its monitor held but what was given to {@link #await}.
 */
final class ReleaseWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseWatch.class);

  private final DmaClock clock;
  private final Duration waitBound;
  private final Inventory inventory;

  /**
   * Makes one with nobody waiting.
   *
   * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}
   */
  ReleaseWatch(DmaClock clock, Duration waitBound, Inventory inventory) {
    this.clock = clock;
    this.waitBound = waitBound;
    this.inventory = inventory;
  }

  Duration waitBound() {
    return waitBound;
  }

  /** Waits, bounded, until buffers under WAIT of a leaving exporter are released; logs holders. */
  void awaitReleased(Client exporter) {
    try {
      awaitNone(exporter, buffer -> buffer.policy() == ExportPolicy.WAIT, waitBound.toNanos());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    for (BufferObject buffer : exporter.books().exported()) {
      if (buffer.policy() == ExportPolicy.WAIT) {
        LOG.warn(
            "{} stops while {} is held by {}; it is revoked",
            exporter.name(),
            buffer.describe(),
            inventory.usersOf(buffer));
      }
    }
  }

  /** Waits, bounded, until the releases of an exporter's buffers that have begun are through. */
  boolean awaitReleasing(Client exporter, long nanos) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return awaitNone(exporter, BufferObject::isBeingReleased, nanos);
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits until none of an exporter's buffers is as described; returns whether that came in time.
   */
  private boolean awaitNone(Client exporter, Predicate<BufferObject> awaited, long nanos)
      throws InterruptedException {
    return await(() -> exporter.books().exported().stream().noneMatch(awaited), nanos);
  }

  /**
   * Waits until something is so, of which {@link #wakeAll} tells; returns whether that came in
   * time.
   *
   * @param so asked with this monitor held, so it takes no lock
   */
  boolean await(BooleanSupplier so, long nanos) throws InterruptedException {
    if (so.getAsBoolean()) {
      return true;
    }
    long deadline = clock.nanos() + nanos;
    DmaClock.Timer timer = clock.schedule(deadline, this::wakeAll);
    try {
      synchronized (this) {
        while (!so.getAsBoolean()) {
          if (deadline - clock.nanos() <= 0) {
            return false;
          }
          wait();
        }
        return true;
      }
    } finally {
      timer.cancel();
    }
  }

  /** Wakes who waits for buffers to be released or unmapped. */
  synchronized void wakeAll() {
    notifyAll();
  }
}
