package org.dmabuf.gem;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;

/**
 * The fences that one open file has attached to objects, by number.
 *
 * <pre>
 *   PENDING --signal()--> gone (its number is ENOENT)
 *           --10 s------> EXPIRED (done, without error) --signal()--> gone (this once ETIMEDOUT)
 *           --close()---> gone (done, without error)
 * </pre>
 *
 * <p>Nobody can be trusted to signal, so each one expires, on the product's clock. Numbers count up
 * from 1 and do not come again. Each fence has a context of its own. Thread-safe. Kernel
 * counterpart: {@code vgem_fence.c}.
 */
final class ClientFences {
  /** After this a fence that was not signalled is. */
  static final Duration EXPIRY = Duration.ofSeconds(10);

  private static final String TIMELINE = "unbound";

  private record Attached(FenceContext context, DmaFence fence, DmaClock.Timer timer) {
    /** Completes it; false when it had expired. */
    boolean signal() {
      timer.cancel();
      boolean pending = context.signal(fence);
      context.close();
      return pending;
    }
  }

  private final GemCore device;
  private final Map<Integer, Attached> attached = new HashMap<>(); // guarded by itself
  private int last; // guarded by attached
  private boolean closed; // guarded by attached

  ClientFences(GemCore device) {
    this.device = device;
  }

  /**
   * Attaches a fence.
   *
   * @param object what it is about
   * @param write whether the work behind it writes
   * @return its number, 1 or more
   * @throws DmaBufException EBUSY while the object has fences that such work had to wait for;
   *     ENODEV when the driver leaves
   */
  int attach(GemObject object, boolean write) {
    FenceContext context = device.registry().fenceContext(device.name(), TIMELINE);
    DmaFence fence = context.create();
    try {
      add(object.resv(), fence, write);
    } catch (RuntimeException refused) {
      context.signal(fence);
      context.close();
      throw refused;
    }
    DmaClock clock = device.registry().clock();
    DmaClock.Timer timer =
        clock.schedule(clock.nanos() + EXPIRY.toNanos(), () -> expire(context, fence));
    Attached made = new Attached(context, fence, timer);
    synchronized (attached) {
      if (!closed) {
        attached.put(++last, made);
        return last;
      }
    }
    made.signal();
    throw new DmaBufException(
        Errno.ENODEV, device + " was given a fence when it had gone; open its successor");
  }

  private void add(DmaResv resv, DmaFence fence, boolean write) {
    resv.lock();
    try {
      if (!resv.isSignaled(Usage.toWaitFor(write))) {
        throw new DmaBufException(
            Errno.EBUSY,
            device
                + " was given a fence that "
                + (write ? "writes" : "reads")
                + " for an object that others still use; wait for their fences first");
      }
      resv.reserveFences(1);
      resv.addFence(fence, write ? Usage.WRITE : Usage.READ);
    } finally {
      resv.unlock();
    }
  }

  private static void expire(FenceContext context, DmaFence fence) {
    context.signal(fence);
    context.close();
  }

  /**
   * Signals a fence, by which its number goes.
   *
   * @throws DmaBufException ENOENT for a number that is not there; ETIMEDOUT when it had expired
   */
  void signal(int number) {
    Attached found;
    synchronized (attached) {
      found = attached.remove(number);
    }
    if (found == null) {
      throw new DmaBufException(
          Errno.ENOENT,
          device
              + " was to signal fence "
              + Integer.toUnsignedString(number)
              + "; this open file has none of that number that was not signalled");
    }
    if (!found.signal()) {
      throw new DmaBufException(
          Errno.ETIMEDOUT,
          device + " was to signal fence " + number + ", which had expired after " + EXPIRY);
    }
  }

  /** Signals all that are left. */
  void close() {
    List<Attached> left;
    synchronized (attached) {
      closed = true;
      left = new ArrayList<>(attached.values());
      attached.clear();
    }
    left.forEach(Attached::signal);
  }
}
