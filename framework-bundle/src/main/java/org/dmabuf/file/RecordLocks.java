package org.dmabuf.file;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The locks of ranges of one open file, those of each table apart from each other.
 *
 * <pre>
 *   held     [---- read ----][-- write --)
 *   asked           [-- unlock --)
 *   then     [-read-)            [ write )
 * </pre>
 *
 * <p>Thread-safe by its monitor, with which nothing else is called. Kernel counterpart: {@code
 * struct file_lock_context}.
 */
final class RecordLocks {
  private final List<RecordLock> held = new ArrayList<>(1); // guarded by this

  /** Returns what excludes a lock, or null. */
  synchronized RecordLock excluding(RecordLock asked) {
    for (RecordLock lock : held) {
      if (lock.excludes(asked)) {
        return lock;
      }
    }
    return null;
  }

  /** Takes, changes or gives back a range; returns what excludes it, and then changes nothing. */
  synchronized RecordLock set(RecordLock asked) {
    RecordLock other = asked.type() == FileLocks.F_UNLCK ? null : excluding(asked);
    if (other != null) {
      return other;
    }
    List<RecordLock> left = new ArrayList<>(2);
    for (Iterator<RecordLock> each = held.iterator(); each.hasNext(); ) {
      RecordLock lock = each.next();
      if (lock.table() == asked.table() && lock.overlaps(asked)) {
        each.remove();
        if (lock.start() < asked.start()) {
          left.add(lock.part(lock.start(), asked.start()));
        }
        if (asked.end() < lock.end()) {
          left.add(lock.part(asked.end(), lock.end()));
        }
      }
    }
    held.addAll(left);
    if (asked.type() != FileLocks.F_UNLCK) {
      held.add(asked);
    }
    return null;
  }

  /** Gives back all that a table has. */
  synchronized void release(FileTable table) {
    held.removeIf(lock -> lock.table() == table);
  }
}
