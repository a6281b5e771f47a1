package org.dmabuf.resv;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The retry loop over ww-mutexes, written once: on EDEADLK everything is unlocked and the contended
 * reservation is taken first, with the stamp of the first try, so that the loop ends.
 */
public final class WwReservations implements ReservationService {
  private final WwClass family;

  /**
   * Makes the service.
   *
   * @param family the class of all reservations it will be given, never null
   */
  public WwReservations(WwClass family) {
    this.family = family;
  }

  @Override
  public ReservationSet lockAll(Collection<DmaResv> reservations, int slots) {
    if (slots < 0) {
      throw new DmaBufException(
          Errno.EINVAL, "Reservations were to be locked with " + slots + " slots; 0 or more work");
    }
    Set<DmaResv> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    List<DmaResv> order = new ArrayList<>(reservations.size());
    for (DmaResv each : reservations) {
      if (each == null) {
        throw new DmaBufException(
            Errno.EINVAL,
            "One of the reservations to lock together is null; the caller is at fault");
      }
      if (wanted.add(each)) {
        order.add(each);
      }
    }
    AcquireContext context = family.begin();
    List<DmaResv> held = new ArrayList<>(order.size());
    boolean complete = false;
    try {
      DmaResv contended = null;
      do {
        contended = lockAllOnce(order, held, context, contended);
      } while (contended != null);
      context.done();
      if (slots > 0) {
        held.forEach(each -> each.reserveFences(slots));
      }
      ReservationSet set = new ReservationSet(context, List.copyOf(held));
      complete = true;
      return set;
    } finally {
      if (!complete) {
        unlockAll(held);
        context.close();
      }
    }
  }

  /** Returns null when all are held, else the contended one, with nothing held. */
  private static DmaResv lockAllOnce(
      List<DmaResv> order, List<DmaResv> held, AcquireContext context, DmaResv first) {
    if (first != null) {
      first.lockSlow(context);
      held.add(first);
    }
    for (DmaResv each : order) {
      if (each == first) {
        continue;
      }
      try {
        each.lockInterruptibly(context);
        held.add(each);
      } catch (DmaBufException failure) {
        if (failure.errno() != Errno.EDEADLK) {
          throw failure;
        }
        unlockAll(held);
        return each;
      }
    }
    return null;
  }

  private static void unlockAll(List<DmaResv> held) {
    held.reversed().forEach(DmaResv::unlock);
    held.clear();
  }
}
