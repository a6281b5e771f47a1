package org.dmabuf.resv;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The retry loop over ww-mutexes, written once: on EDEADLK everything is unlocked and the contended
 * reservation is taken first, with the stamp of the first try, so that the loop ends.
 *
 * <p>A set that is known beforehand is taken in the order in which the reservations were made, so
 * that two such sets rarely stand in each other's way; the context is for those who take theirs in
 * another order.
 */
public final class WwReservations implements ReservationService {
  private static final Comparator<DmaResv> ORDER = Comparator.comparingLong(DmaResv::number);

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
    return lockAll(reservations, slots, Duplicates.ALLOWED);
  }

  @Override
  public ReservationSet lockAll(
      Collection<DmaResv> reservations, int slots, Duplicates duplicates) {
    if (slots < 0) {
      throw new DmaBufException(
          Errno.EINVAL, "Reservations were to be locked with " + slots + " slots; 0 or more work");
    }
    DmaResv[] wanted = sorted(reservations, duplicates);
    return hold(
        new ReservationSet(family.begin(), wanted.length, duplicates),
        set -> {
          for (DmaResv each : wanted) {
            if (!set.take(each, slots)) {
              return;
            }
          }
        });
  }

  @Override
  public ReservationSet lockGrowing(Duplicates duplicates, Consumer<ReservationSet> body) {
    return hold(new ReservationSet(family.begin(), 8, duplicates), body);
  }

  @Override
  public void run(Collection<DmaResv> reservations, int slots, Runnable body) {
    ReservationSet set = lockAll(reservations, slots);
    try (set) {
      body.run();
    }
  }

  /** The loop: the body is run until it was not made to give way. */
  private static ReservationSet hold(ReservationSet set, Consumer<ReservationSet> body) {
    boolean complete = false;
    try {
      do {
        set.takeContended();
        try {
          body.accept(set);
        } catch (DmaBufException failure) {
          // What the body says of a try that is void anyway is of no interest.
          if (!set.mustGiveWay()) {
            throw failure;
          }
        }
      } while (set.mustGiveWay());
      set.done();
      complete = true;
      return set;
    } finally {
      if (!complete) {
        set.close();
      }
    }
  }

  /** In order, each once. */
  private static DmaResv[] sorted(Collection<DmaResv> reservations, Duplicates duplicates) {
    DmaResv[] all = reservations.toArray(DmaResv[]::new);
    for (DmaResv each : all) {
      if (each == null) {
        throw new DmaBufException(
            Errno.EINVAL,
            "One of the reservations to lock together is null; the caller is at fault");
      }
    }
    Arrays.sort(all, ORDER);
    int kept = 0;
    for (DmaResv each : all) {
      if (kept == 0 || all[kept - 1] != each) {
        all[kept++] = each;
      } else if (duplicates == Duplicates.REFUSED) {
        throw ReservationSet.duplicate(each);
      }
    }
    return kept == all.length ? all : Arrays.copyOf(all, kept);
  }
}
