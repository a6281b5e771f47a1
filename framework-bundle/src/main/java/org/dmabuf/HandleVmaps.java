package org.dmabuf;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;

/**
 * How many vmaps one handle has, and where they were made as far as that was noted.
 *
 * <p>All vmaps of a buffer have one address, so which of several was given back cannot be told: the
 * notes that stay are those of the earliest. Thread-safe.
 */
final class HandleVmaps {
  private final LeakTracker leaks;
  private int users;
  private List<Acquisition> notes; // null while none was made

  HandleVmaps(LeakTracker leaks) {
    this.leaks = leaks;
  }

  synchronized int users() {
    return users;
  }

  /** One more. */
  synchronized void made(DmaBuf handle) {
    users++;
    Acquisition note = leaks.keep(LeakKind.VMAP, handle);
    if (note != null) {
      if (notes == null) {
        notes = new ArrayList<>(1);
      }
      notes.add(note);
    }
  }

  /** One less; false when there is none. */
  synchronized boolean givenBack() {
    if (users == 0) {
      return false;
    }
    users--;
    keepNotes(users);
    return true;
  }

  /** None any more; returns how many there were. */
  synchronized int takeAll() {
    int all = users;
    users = 0;
    keepNotes(0);
    return all;
  }

  private void keepNotes(int most) {
    while (notes != null && notes.size() > most) {
      notes.removeLast().released();
    }
  }
}
