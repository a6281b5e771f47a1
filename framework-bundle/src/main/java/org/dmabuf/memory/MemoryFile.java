package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * An anonymous file of memory with seals, of which programs map parts and whose pages a buffer can
 * be made of.
 *
 * <pre>
 *   OPEN --close()--> CLOSED --last mapping and last pin gone--> memory given back
 *
 *   users = 1 for the owner + 1 for each mapping + 1 for each pin
 * </pre>
 *
 * <p>A hole that is punched under a pin gives the file a new page and leaves the pin the old one,
 * as in Linux. The size is exact in bytes; what lies behind it in the last page is memory, too.
 * Seals are the system's own where it has them, so that they hold for other processes as well.
 * Thread-safe; its monitor is not held across calls into other bundles. Kernel counterpart: {@code
 * memfd_create} and {@code mm/memfd.c}.
 */
public final class MemoryFile implements AutoCloseable {
  /** No seal can be added any more. */
  public static final int F_SEAL_SEAL = 1;

  /** The file cannot become shorter. */
  public static final int F_SEAL_SHRINK = 2;

  /** The file cannot become longer. */
  public static final int F_SEAL_GROW = 4;

  /** Nobody can write. */
  public static final int F_SEAL_WRITE = 8;

  /** Nobody can write but through the mappings that there are. */
  public static final int F_SEAL_FUTURE_WRITE = 16;

  private static final int ALL_SEALS = 31;
  private static final int WRITE_SEALS = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

  private enum State {
    OPEN,
    CLOSED
  }

  private final String name;
  private final NativeMemory os;
  private final int pageSize;
  private final MemoryAccount account;
  private final FilePlaces places;
  private final Set<FileMapping> mappings = new HashSet<>();
  private State state = State.OPEN;
  private long size;
  private int seals;
  private int users = 1;

  MemoryFile(String name, NativeMemory os, int pageSize, long size, MemoryAccount account) {
    this.name = name;
    this.os = os;
    this.pageSize = pageSize;
    this.account = account;
    this.size = size;
    account.charge(pages(size));
    try {
      this.places = new FilePlaces(name, os, pageSize, size);
    } catch (DmaBufException refused) {
      account.uncharge(pages(size));
      throw refused;
    }
  }

  /** Returns its name, as messages show it, never null. */
  public String name() {
    return name;
  }

  /** Returns its exact size in bytes, 0 or more. */
  public synchronized long size() {
    return size;
  }

  /** Returns the bytes of all its pages: the size rounded up to pages. */
  public synchronized long mappable() {
    return pages(size);
  }

  /** Returns the seals, an or of the constants. */
  public synchronized int seals() {
    return seals;
  }

  /**
   * Adds seals; those that are there already may be named again.
   *
   * @param more an or of the constants
   * @throws DmaBufException EINVAL for unknown seals; EPERM when {@link #F_SEAL_SEAL} is set; EBUSY
   *     for {@link #F_SEAL_WRITE} while the file is mapped, as Linux counts a shared mapping that
   *     could become writable, or a buffer uses its pages
   */
  public synchronized void addSeals(int more) {
    if ((more & ~ALL_SEALS) != 0) {
      throw refusal(
          Errno.EINVAL, "was given seals 0x" + Integer.toHexString(more) + "; those of 0x1f work");
    }
    if ((seals & F_SEAL_SEAL) != 0) {
      throw refusal(Errno.EPERM, "is sealed against further seals; make another file");
    }
    if ((more & ~seals & F_SEAL_WRITE) != 0 && (places.pinned() || !mappings.isEmpty())) {
      throw refusal(
          Errno.EBUSY, "cannot be sealed against writing while it is mapped or a buffer has pages");
    }
    sealFile(seals | more);
    seals |= more;
  }

  /**
   * Changes the size; what is added is zero.
   *
   * @param bytes the new size, 0 or more
   * @throws DmaBufException EINVAL for less than 0; EPERM when a seal forbids it; EBUSY when pages
   *     that would go are mapped (Linux lets the access fault instead, which a JVM does not
   *     survive); ENOMEM
   */
  public synchronized void truncate(long bytes) {
    if (bytes < 0 || bytes > Long.MAX_VALUE - pageSize) {
      throw refusal(Errno.EINVAL, "was given a size of " + bytes + " bytes; 0 or more works");
    }
    if ((bytes < size && (seals & F_SEAL_SHRINK) != 0)
        || (bytes > size && (seals & F_SEAL_GROW) != 0)) {
      throw refusal(Errno.EPERM, "is sealed at " + size + " bytes, " + bytes + " were asked");
    }
    if (mappings.stream().anyMatch(mapping -> mapping.end() > pages(bytes))) {
      throw refusal(Errno.EBUSY, "is mapped beyond " + bytes + " bytes; unmap that first");
    }
    long more = pages(bytes) - pages(size);
    if (more > 0) {
      account.charge(more);
    }
    try {
      places.resize(bytes);
    } catch (DmaBufException refused) {
      account.uncharge(Math.max(more, 0));
      throw refused;
    }
    account.uncharge(Math.max(-more, 0));
    size = bytes;
  }

  /**
   * Maps part of the file, which keeps its memory for as long as the arena lives.
   *
   * @param arena whose close unmaps, never null
   * @param offset the first byte, a multiple of the page size, 0 or more
   * @param length bytes, 1 or more; offset + length must not exceed {@link #mappable()}
   * @param writable whether stores are allowed
   * @return the mapping, of exactly {@code length} bytes, never null
   * @throws DmaBufException EINVAL for a range outside or an arena that cannot take it; EPERM for a
   *     writable one when a seal forbids writing; ENOMEM; ENODEV when the file is closed
   */
  public synchronized MemorySegment map(Arena arena, long offset, long length, boolean writable) {
    checkOpen();
    if (length < 1 || isOutside(offset, length, pages(size))) {
      throw refusal(
          Errno.EINVAL,
          "has no " + length + " bytes at " + offset + "; a page-aligned range within works");
    }
    if (writable && (seals & WRITE_SEALS) != 0) {
      throw refusal(Errno.EPERM, "is sealed against writing; map it for reading");
    }
    int protection = NativeMemory.PROT_READ | (writable ? NativeMemory.PROT_WRITE : 0);
    long bytes = pages(length);
    AddressRange range = new AddressRange(os, bytes);
    FileMapping[] made = new FileMapping[1];
    range.fill(
        base -> {
          made[0] = new FileMapping(base, offset, bytes, protection);
          StoreRun.map(os, base, places.runs(offset, bytes), 0, bytes, protection);
        });
    MemorySegment mapped = range.into(arena, length, () -> unmapped(made[0]));
    mappings.add(made[0]);
    users++;
    return writable ? mapped : mapped.asReadOnly();
  }

  /**
   * Gives whole pages back and zeroes the rest of a range, which reads as zero then. Pages that a
   * buffer is made of stay with the buffer, and the file gets new ones.
   *
   * @param offset the first byte, 0 or more
   * @param length bytes, 1 or more; what lies beyond the size is left out
   * @throws DmaBufException EINVAL for a range that cannot be; EPERM when a seal forbids writing;
   *     ENOMEM; ENODEV when the file is closed
   */
  public synchronized void punch(long offset, long length) {
    checkOpen();
    if (offset < 0 || length < 1 || length > Long.MAX_VALUE - offset) {
      throw refusal(Errno.EINVAL, "was given a hole of " + length + " bytes at " + offset);
    }
    if ((seals & WRITE_SEALS) != 0) {
      throw refusal(Errno.EPERM, "is sealed against writing, so it takes no hole");
    }
    long end = Math.min(offset + length, pages(size));
    if (offset < end) {
      places.punch(offset, end, mappings);
    }
  }

  /** Drops the owner's use; the memory goes with its last user. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
    }
    unuse();
  }

  /** Keeps pages as they are now, for a buffer; fails as {@link #checkPin}. */
  synchronized FilePin pin(long offset, long length) {
    checkPin(offset, length);
    users++;
    return places.pin(offset, length);
  }

  /** See {@link MemoryRange#check}: only of a file that cannot shrink and that all may write. */
  synchronized void checkPin(long offset, long length) {
    checkOpen();
    if ((seals & F_SEAL_SHRINK) == 0 || (seals & WRITE_SEALS) != 0) {
      throw refusal(
          Errno.EINVAL,
          "has seals 0x"
              + Integer.toHexString(seals)
              + "; SHRINK without WRITE or FUTURE_WRITE would work");
    }
    if (length <= 0 || length % pageSize != 0 || isOutside(offset, length, size)) {
      throw refusal(
          Errno.EINVAL,
          "has no whole pages of " + length + " bytes at " + offset + " within its size");
    }
  }

  void unpin(FilePin pin) {
    synchronized (this) {
      places.unpin(pin);
      sealFile(seals);
    }
    unuse();
  }

  /** The buffers that have pages may write, whatever was sealed since; so those seals wait. */
  private void sealFile(int wanted) {
    places.seal(places.pinned() ? wanted & ~(F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) : wanted);
  }

  private void unmapped(FileMapping mapping) {
    synchronized (this) {
      mappings.remove(mapping);
    }
    unuse();
  }

  private synchronized void unuse() {
    if (--users == 0) {
      account.uncharge(pages(size));
      places.close();
    }
  }

  private void checkOpen() {
    if (state == State.CLOSED) {
      throw refusal(Errno.ENODEV, "is closed; make another");
    }
  }

  private boolean isOutside(long offset, long length, long of) {
    return offset < 0 || offset % pageSize != 0 || length > of - offset;
  }

  private long pages(long bytes) {
    return (bytes + pageSize - 1) / pageSize * pageSize;
  }

  private DmaBufException refusal(Errno errno, String why) {
    return new DmaBufException(errno, "Memory file '" + name + "' of " + size + " bytes " + why);
  }
}
