package org.dmabuf.file;

import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * An open file: what one or several descriptors, in one or several tables, name together.
 *
 * <pre>
 *   OPEN (references >= 1) --last reference dropped--> RELEASED (released() has run once)
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct file}.
 */
public abstract class OpenFile {
  private final AtomicLong references = new AtomicLong(1);

  /** Makes an open file with one reference, the caller's. */
  protected OpenFile() {}

  /** Returns what kind of file this is, for messages; never null. */
  public abstract String describe();

  /** Runs once, with no lock held, when the last reference is gone. */
  protected abstract void released();

  /** Takes a reference when the file is still open; returns whether it did. */
  public final boolean tryGet() {
    long now = references.get();
    while (now > 0) {
      if (references.compareAndSet(now, now + 1)) {
        return true;
      }
      now = references.get();
    }
    return false;
  }

  /**
   * Drops a reference; the last one releases the file on this thread.
   *
   * @throws DmaBufException EBADF when it was put more often than it was got: the caller is at
   *     fault
   */
  public final void put() {
    long now = references.get();
    while (now > 0) {
      if (references.compareAndSet(now, now - 1)) {
        if (now == 1) {
          released();
        }
        return;
      }
      now = references.get();
    }
    throw new DmaBufException(
        Errno.EBADF, describe() + " was put more often than it was got; the caller is at fault");
  }

  /** Returns the references; 0 when released. */
  public final long references() {
    return references.get();
  }
}
