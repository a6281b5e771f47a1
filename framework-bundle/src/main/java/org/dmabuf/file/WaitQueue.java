package org.dmabuf.file;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.seam.Seam;

/**
 * Who is to be told when a file may have become ready.
 *
 * <pre>
 *   waiter:  add to the queue ... ask the file ... sleep until woken ... ask again
 *   file:    change its state ... wake
 * </pre>
 *
 * <p>Adding comes before asking, and the change before the wake: so no wake-up is lost. A file has
 * a queue of its own, or shares that of its device. Thread-safe; waking holds no lock, so a waiter
 * may still be told once when it has just been removed. Kernel counterpart: {@code
 * wait_queue_head_t} as {@code poll_wait()} uses it.
 */
public final class WaitQueue {
  /** Somebody who waits for files. */
  interface Waiter {
    /**
     * Says that a file may be ready; called on the thread that made it so, with no lock held.
     *
     * @param place what the waiter was added with, never null
     */
    void woken(Place place);
  }

  /** One waiter's interest in one file. */
  static class Place {
    private final Waiter waiter;
    private volatile int events;

    Place(Waiter waiter, int events) {
      this.waiter = waiter;
      setEvents(events);
    }

    final void setEvents(int wanted) {
      events = PollEvents.reported(wanted);
    }

    final int events() {
      return events;
    }
  }

  private static final Place[] NOBODY = {};

  // The array is never changed, so that waking needs neither a lock nor memory.
  private final AtomicReference<Place[]> places = new AtomicReference<>(NOBODY);

  /** Makes an empty queue. */
  public WaitQueue() {}

  /**
   * Tells those who wait for one of the events that it may be so; they ask the file.
   *
   * @param events see {@link PollEvents}
   */
  public void wake(int events) {
    Seam.step();
    for (Place place : places.get()) {
      if ((place.events & events) != 0) {
        place.waiter.woken(place);
      }
    }
  }

  /** Returns whether nobody waits. */
  public boolean isEmpty() {
    return places.get().length == 0;
  }

  void add(Place place) {
    Place[] now;
    Place[] more;
    do {
      now = places.get();
      more = new Place[now.length + 1];
      for (int i = 0; i < now.length; i++) {
        more[i] = now[i];
      }
      more[now.length] = place;
      Seam.step();
    } while (!places.compareAndSet(now, more));
  }

  void remove(Place place) {
    Place[] now;
    Place[] fewer;
    do {
      now = places.get();
      fewer = without(now, place);
      Seam.step();
    } while (fewer != now && !places.compareAndSet(now, fewer));
  }

  private static Place[] without(Place[] all, Place removed) {
    int kept = 0;
    for (Place place : all) {
      if (place != removed) {
        kept++;
      }
    }
    if (kept == all.length) {
      return all;
    }
    Place[] fewer = kept == 0 ? NOBODY : new Place[kept];
    int at = 0;
    for (Place place : all) {
      if (place != removed) {
        fewer[at++] = place;
      }
    }
    return fewer;
  }
}
