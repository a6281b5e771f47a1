package org.dmabuf;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where those wait who need buffers to be given back: exporters that leave, and those that take a
 * buffer back. Every wait is bounded on the product's clock.
 *
 * <pre>
 *   waiter:  take a place -> [ is it so? late? park ] ... -> give the place back
 *   giver:   make it so   -> unpark all who have a place
 * </pre>
 *
 * <p>A place is taken before the look, so no wake-up is lost between. Thread-safe; it has no lock.
 */
final class ReleaseWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseWatch.class);

  /** How many buffers that are held the log tells of, one by one. */
  private static final int TOLD = 10;

  private final DmaClock clock;
  private final Duration waitBound;
  private final Duration drainBound;
  private final Inventory inventory;
  private final List<Thread> waiting = new CopyOnWriteArrayList<>();

  /**
   * Makes one with nobody waiting.
   *
   * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}
   * @param drainBound how long a teardown waits for one that does not return
   */
  ReleaseWatch(DmaClock clock, Duration waitBound, Duration drainBound, Inventory inventory) {
    this.clock = clock;
    this.waitBound = waitBound;
    this.drainBound = drainBound;
    this.inventory = inventory;
  }

  Duration waitBound() {
    return waitBound;
  }

  Duration drainBound() {
    return drainBound;
  }

  /** Waits, bounded, until buffers under WAIT of a leaving exporter are released; logs holders. */
  void awaitReleased(Client exporter) {
    try {
      await(() -> exporter.quotas().lent() == 0, waitBound.toNanos());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    tellOfHeld(exporter);
  }

  /** Each by itself, but no more than a reader can bear; a stop must not take its time for it. */
  private void tellOfHeld(Client exporter) {
    int held = 0;
    for (BufferObject buffer : exporter.books().exported()) {
      if (buffer.policy() == ExportPolicy.WAIT && ++held <= TOLD) {
        LOG.warn(
            "{} stops while {} is held by {}; it is revoked",
            exporter.name(),
            buffer.describe(),
            inventory.usersOf(buffer));
      }
    }
    if (held > TOLD) {
      LOG.warn("{} stops while {} more are held; they are revoked", exporter.name(), held - TOLD);
    }
  }

  /**
   * Waits, bounded, until the releases of an exporter's buffers that have begun are through. Those
   * that begin later do not call it any more.
   */
  boolean awaitReleasing(Client exporter, long nanos) {
    Set<BufferObject> exported = exporter.books().exported();
    List<BufferObject> begun = exported.stream().filter(BufferObject::isBeingReleased).toList();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return await(() -> begun.stream().noneMatch(exported::contains), nanos);
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
   * Waits until something is so, of which {@link #wakeAll} tells; returns whether that came in
   * time.
   *
   * @param so asked on this thread, several times
   */
  boolean await(BooleanSupplier so, long nanos) throws InterruptedException {
    if (so.getAsBoolean()) {
      return true;
    }
    long deadline = clock.nanos() + nanos;
    Thread me = Thread.currentThread();
    DmaClock.Timer timer = clock.schedule(deadline, () -> Seam.unpark(me));
    Seam.step();
    waiting.add(me);
    try {
      while (!so.getAsBoolean()) {
        if (deadline - clock.nanos() <= 0) {
          return false;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Seam.park(this);
      }
      return true;
    } finally {
      timer.cancel();
      waiting.remove(me);
    }
  }

  /** Wakes who waits for buffers to be released or unmapped. */
  void wakeAll() {
    Seam.step();
    waiting.forEach(Seam::unpark);
  }
}
