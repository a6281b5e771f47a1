package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;

/**
 * A counter as an open file, by which a program that polls is told of things that are no files.
 *
 * <pre>
 *   counter   0 --add(1), write--> 1 --add(1)--> 2 --read: 2--> 0
 *   poll      OUT                  IN OUT                       OUT
 * </pre>
 *
 * <p>Reading an empty one waits, unless it is open with O_NONBLOCK. Thread-safe. Kernel
 * counterpart: {@code fs/eventfd.c}.
 */
public final class EventFd extends OpenFile {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /** The highest value, without sign; writing never comes beyond it. */
  private static final long MOST = -2;

  private long counter; // without sign; guarded by this

  /**
   * Makes an open file with one reference, the caller's.
   *
   * @param value what it begins with, 32 bits without sign
   * @param flags O_NONBLOCK counts, see {@link OpenFlags}
   */
  public EventFd(int value, int flags) {
    super(OpenFlags.O_RDWR | (flags & OpenFlags.O_NONBLOCK));
    this.counter = Integer.toUnsignedLong(value);
  }

  /**
   * Opens one, as {@code eventfd()} does.
   *
   * @param table who gets the descriptor, never null
   * @param value what it begins with, 32 bits without sign
   * @param flags O_CLOEXEC and O_NONBLOCK, see {@link OpenFlags}
   * @return the descriptor
   * @throws DmaBufException EINVAL for other flags; EMFILE; EBADF when the table is closed
   */
  public static int open(FileTable table, int value, int flags) {
    if ((flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "An event file was asked with flags 0x"
              + Integer.toHexString(flags)
              + "; O_CLOEXEC and O_NONBLOCK would work");
    }
    return table.install(new EventFd(value, flags), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /** Adds to the counter and wakes who waits; it stays at its highest value. */
  public void add(long by) {
    synchronized (this) {
      counter = Long.compareUnsigned(by, MOST - counter) > 0 ? MOST : counter + by;
      notifyAll();
    }
    wake(PollEvents.POLLIN);
  }

  /** Returns the counter, 64 bits without sign. */
  public synchronized long value() {
    return counter;
  }

  @Override
  public String describe() {
    return "event file at " + Long.toUnsignedString(value());
  }

  /**
   * Takes the counter, 8 bytes, which is 0 then.
   *
   * @throws DmaBufException EINVAL for less room; EAGAIN when it is 0 and the file does not wait;
   *     ERESTARTSYS when the thread is interrupted (its flag stays set)
   */
  @Override
  protected long read(MemorySegment to) {
    checkRoom(to);
    synchronized (this) {
      sleepWhile(() -> counter == 0, "read");
      to.set(LONG, 0, counter);
      counter = 0;
      notifyAll();
    }
    wake(PollEvents.POLLOUT);
    return Long.BYTES;
  }

  /**
   * Adds 8 bytes to the counter.
   *
   * @throws DmaBufException EINVAL for less, and for all ones; EAGAIN when they are too many and
   *     the file does not wait; ERESTARTSYS when the thread is interrupted (its flag stays set)
   */
  @Override
  protected long write(MemorySegment from) {
    checkRoom(from);
    long by = from.get(LONG, 0);
    if (by == -1) {
      throw new DmaBufException(Errno.EINVAL, "All ones were written to an " + describe());
    }
    synchronized (this) {
      sleepWhile(() -> Long.compareUnsigned(by, MOST - counter) > 0, "written");
      counter += by;
      notifyAll();
    }
    wake(PollEvents.POLLIN);
    return Long.BYTES;
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  @Override
  protected synchronized int poll(int events) {
    return (counter != 0 ? PollEvents.POLLIN : 0)
        | (Long.compareUnsigned(counter, MOST) < 0 ? PollEvents.POLLOUT : 0);
  }

  /** Nothing to give back; a sync object may still add to it, which nobody sees. */
  @Override
  protected void released() {}

  private void checkRoom(MemorySegment memory) {
    if (memory.byteSize() < Long.BYTES) {
      throw new DmaBufException(
          Errno.EINVAL,
          "An " + describe() + " was given " + memory.byteSize() + " bytes; 8 or more would work");
    }
  }

  /** The monitor is held, which the wait gives back meanwhile. */
  private void sleepWhile(BooleanSupplier hindered, String what) {
    while (hindered.getAsBoolean()) {
      if ((flags() & OpenFlags.O_NONBLOCK) != 0) {
        throw new DmaBufException(Errno.EAGAIN, "An " + describe() + " cannot be " + what + " now");
      }
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new DmaBufException(
            Errno.ERESTARTSYS, "An " + describe() + " was to be " + what + ", and interrupted");
      }
    }
  }
}
