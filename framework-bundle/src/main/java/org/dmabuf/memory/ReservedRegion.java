package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Memory of a fixed size that is set aside for buffers in one run. It belongs to the framework and
 * is mapped once, when it is first needed; the driver that registered it may come and go.
 *
 * <pre>
 *   REGISTERED &lt;--reserved again-- / --close()--&gt; UNREGISTERED
 *   buffers taken and given back                   given back only; the last one frees the memory
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: a CMA area with its dmem region.
 */
public final class ReservedRegion implements AutoCloseable {
  private enum State {
    REGISTERED,
    UNREGISTERED,
    DESTROYED
  }

  /** One buffer's run. */
  private record Run(int fd, long offset, long bytes, MemorySegment segment) implements StoreRun {}

  private final String name;
  private final long size;
  private final NativeMemory os;
  private final int pageSize;
  private final MemoryRegion books;
  private final FirstFit space;
  private final Arena arena = Arena.ofShared();
  private State state = State.REGISTERED;
  private int fd = -1; // with memory: taken at the first allocation
  private MemorySegment memory;

  /**
   * Registers a region; its memory is taken when it is first needed.
   *
   * @param pool with whose page size and system calls it works, never null
   * @param name as messages show it, not empty, never null
   * @param bytes its size, 1 page or more, rounded down to pages
   * @throws DmaBufException EINVAL for an empty name or less than a page
   */
  public ReservedRegion(PagePool pool, String name, long bytes) {
    this.os = pool.os();
    this.pageSize = pool.pageSize();
    this.name = name;
    this.size = bytes / pageSize * pageSize;
    this.books = new MemoryRegion(name, size);
    this.space = new FirstFit(size);
  }

  /** Returns its name, never null. */
  public String name() {
    return name;
  }

  /** Returns its bytes, a multiple of the page size. */
  public long size() {
    return size;
  }

  /** Returns the books: who has how much, and the limits; never null. */
  public MemoryRegion books() {
    return books;
  }

  /** Returns the bytes of the longest run that is free. */
  public synchronized long longest() {
    return space.longest();
  }

  /** Returns whether buffers can be taken. */
  public synchronized boolean isRegistered() {
    return state == State.REGISTERED;
  }

  /**
   * Gives out a zeroed run.
   *
   * @param bytes how much, 1 or more; rounded up to pages
   * @param account whom to charge, beside the region's own books; never null
   * @param onClose told when the owner closes the store, never null
   * @return the memory, one run, never null
   * @throws DmaBufException EINVAL for less than 1 byte; ENOMEM when a limit is reached or no free
   *     run is long enough; ENODEV when the region is unregistered; then nothing is taken
   */
  public BackingStore allocate(long bytes, MemoryAccount account, Consumer<BackingStore> onClose) {
    if (bytes < 1) {
      throw new DmaBufException(
          Errno.EINVAL, bytes + " bytes were asked of region " + name + "; 1 or more would work");
    }
    if (bytes > size) {
      throw noRun(bytes, account);
    }
    long rounded = (bytes + pageSize - 1) / pageSize * pageSize;
    Optional<MemoryAccount> limiting = books.tryCharge(account, rounded);
    if (limiting.isPresent()) {
      throw limiting.get().refusal(bytes, account.owner());
    }
    Run run;
    try {
      account.charge(rounded);
      try {
        run = take(rounded, account);
      } catch (DmaBufException refused) {
        account.uncharge(rounded);
        throw refused;
      }
    } catch (DmaBufException refused) {
      books.uncharge(account, rounded);
      throw refused;
    }
    run.segment().fill((byte) 0);
    Runnable onFree =
        () -> {
          account.uncharge(rounded);
          books.uncharge(account, rounded);
          give(run);
        };
    return new BackingStore(os, pageSize, List.of(run), rounded, onFree, onClose);
  }

  /** Unregisters the region: no new buffers. Those that live stay. Idempotent. */
  @Override
  public synchronized void close() {
    if (state == State.REGISTERED) {
      state = State.UNREGISTERED;
      books.close();
      freeIfUnused();
    }
  }

  /** Registers it again, as it is; returns false when it was destroyed. */
  public synchronized boolean reopen() {
    if (state == State.DESTROYED) {
      return false;
    }
    state = State.REGISTERED;
    books.reopen();
    return true;
  }

  /** Unmaps the memory when no buffer is left; returns whether that was so. */
  public synchronized boolean destroy() {
    if (space.free() != size) {
      return false;
    }
    if (state != State.DESTROYED) {
      close();
      state = State.DESTROYED;
      arena.close();
      if (memory != null) {
        os.closeFile(fd);
      }
    }
    return true;
  }

  private synchronized Run take(long bytes, MemoryAccount account) {
    if (state != State.REGISTERED) {
      throw new DmaBufException(
          Errno.ENODEV, account.owner() + " asked for memory of " + name + ", which has gone");
    }
    if (memory == null) {
      memory = mapped();
    }
    long at = space.take(bytes);
    if (at == FirstFit.NONE) {
      throw noRun(bytes, account);
    }
    return new Run(fd, at, bytes, memory.asSlice(at, bytes));
  }

  private synchronized void give(Run run) {
    space.give(run.offset(), run.bytes());
    freeIfUnused();
  }

  /** The addresses stay for the next who registers it, the pages need not. */
  private void freeIfUnused() {
    if (state == State.UNREGISTERED && memory != null && space.free() == size) {
      os.punch(fd, 0, size);
    }
  }

  @SuppressWarnings("restricted") // the address and the length are those of the mapping just made
  private MemorySegment mapped() {
    int file = os.memoryFile("dmabuf-" + name, size);
    try {
      long address = os.map(file, 0, size, NativeMemory.PROT_READ | NativeMemory.PROT_WRITE);
      fd = file;
      return MemorySegment.ofAddress(address)
          .reinterpret(size, arena, all -> os.unmap(all.address(), size));
    } catch (DmaBufException refused) {
      os.closeFile(file);
      throw refused;
    }
  }

  private synchronized DmaBufException noRun(long bytes, MemoryAccount account) {
    return new DmaBufException(
        Errno.ENOMEM,
        bytes
            + " bytes in one run were asked by "
            + account.owner()
            + "; region "
            + name
            + " of "
            + size
            + " bytes has "
            + space.free()
            + " free, the longest run "
            + space.longest());
  }
}
