package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;

/**
 * The vmaps that one handle has, and where they were made as far as that was noted.
 *
 * <pre>
 *   map: buffer's, then ours        unmap: ours, then the buffer's        abandon: all of ours
 * </pre>
 *
 * <p>All vmaps of a buffer have one address, so which of several was given back cannot be told: the
 * notes that stay are those of the earliest. Who counts one down here gives that one back, so that
 * an unmap and the end of the handle never give back the same. Thread-safe.
 */
final class HandleVmaps {
  private final BufferObject buffer;
  private final LeakTracker leaks;
  private int users;
  private List<Acquisition> notes; // null while none was made

  HandleVmaps(BufferObject buffer, LeakTracker leaks) {
    this.buffer = buffer;
    this.leaks = leaks;
  }

  synchronized int users() {
    return users;
  }

  /** Maps once more for a handle; the reservation is held. */
  MemorySegment map(DmaBuf handle) {
    MemorySegment address = buffer.vmap().map();
    made(handle);
    return address;
  }

  /**
   * Gives one back; EINVAL without the reservation, for a foreign address, or when none is left.
   */
  void unmap(MemorySegment address, String client) {
    buffer.vmap().check(address);
    if (!takeOne()) {
      throw new DmaBufException(
          Errno.EINVAL,
          buffer.describe()
              + " was vunmapped by "
              + client
              + ", which has no vmap of it; the caller is at fault");
    }
    buffer.vmap().unmap(address);
  }

  /** Gives all back; with or without the reservation. */
  void abandon() {
    int left = takeAll();
    if (left > 0) {
      buffer.vmap().drop(left);
    }
  }

  private synchronized void made(DmaBuf handle) {
    users++;
    Acquisition note = leaks.keep(LeakKind.VMAP, handle);
    if (note != null) {
      if (notes == null) {
        notes = new ArrayList<>(1);
      }
      notes.add(note);
    }
  }

  private synchronized boolean takeOne() {
    if (users == 0) {
      return false;
    }
    users--;
    keepNotes(users);
    return true;
  }

  private synchronized int takeAll() {
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
