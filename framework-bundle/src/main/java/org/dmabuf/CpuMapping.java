package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.memory.ByteBuffers;

/**
 * A file, or part of it, mapped for the CPU. It has an arena of its own: after close, an access
 * throws at its line, and it keeps the file alive until then.
 *
 * <pre>
 *   MAPPED --close()--> UNMAPPED
 *
 *   0 ........ pages of the file ........ segment().byteSize() ....... length()
 *      loads and stores by protection              SIGBUS              SIGSEGV from here on
 * </pre>
 *
 * <p>Thread-safe; closing while another thread accesses it fails that thread's access. Every access
 * to a dma-buf belongs between {@link DmaBuf#beginCpuAccess} and {@link DmaBuf#endCpuAccess}.
 * Kernel counterpart: a {@code vm_area_struct}.
 */
public final class CpuMapping implements AutoCloseable {
  private enum State {
    MAPPED,
    UNMAPPED
  }

  private final String what;
  private final Arena arena;
  private volatile MappedView view; // changed with whenUnmapped's monitor held
  private final List<Runnable> whenUnmapped = new ArrayList<>(2); // guarded by itself
  private volatile State state = State.MAPPED;
  private volatile Acquisition noted;

  private CpuMapping(String what, Arena arena, MappedView view) {
    this.what = what;
    this.arena = arena;
    this.view = view;
  }

  /**
   * Makes a mapping; for kinds of files, in their mmap.
   *
   * @param what the file, as messages show it, never null
   * @param arena whose close unmaps; passes to the mapping, never null
   * @param pages the file's memory, at most {@code length} bytes, never null
   * @param length bytes, 1 or more; what lies beyond the pages is a SIGBUS
   * @param protection see {@link MmapFlags}
   * @param whenUnmapped runs once after the unmap, never null
   */
  public static CpuMapping of(
      String what,
      Arena arena,
      MemorySegment pages,
      long length,
      int protection,
      Runnable whenUnmapped) {
    MappedView view = MappedView.of(pages, length, protection, protection);
    CpuMapping mapping = new CpuMapping(what, arena, view);
    mapping.whenUnmapped(whenUnmapped);
    return mapping;
  }

  /** Returns the memory, whose access is that of the mapping; empty for PROT_NONE; never null. */
  public MemorySegment segment() {
    return view.pages();
  }

  /**
   * Returns the whole mapping as a byte buffer, without a copy and with the mapping's lifetime and
   * access.
   *
   * @return the buffer, never null
   * @throws DmaBufException EOVERFLOW for a mapping of more than {@link ByteBuffers#MAX_BYTES},
   *     parts of which can be had; EBADF after close
   */
  public ByteBuffer asByteBuffer() {
    return asByteBuffer(0, segment().byteSize());
  }

  /**
   * As {@link #asByteBuffer()}, for a part.
   *
   * @param offset its first byte, 0 or more
   * @param bytes how many, 0 or more
   * @throws DmaBufException EINVAL for a range outside the mapping; and as {@link #asByteBuffer()}
   */
  public ByteBuffer asByteBuffer(long offset, long bytes) {
    return ByteBuffers.view(segment(), offset, bytes);
  }

  /** Returns the bytes of address space that it takes, 1 or more. */
  public long length() {
    return view.length();
  }

  /** Returns what accesses are allowed, see {@link MmapFlags}. */
  public int protection() {
    return view.protection();
  }

  /**
   * Loads a byte as a program does by an instruction.
   *
   * @param offset from the beginning of the mapping; any number
   * @return 0 to 255
   * @throws DmaBufException EFAULT with the signal that Linux would send: SIGSEGV when there is no
   *     mapping or it allows no access, SIGBUS when the file has no page there
   */
  public int load(long offset) {
    MappedView now = view;
    check(now, offset, now.allowsLoads(), "loaded");
    try {
      return Byte.toUnsignedInt(now.pages().get(ValueLayout.JAVA_BYTE, offset));
    } catch (IllegalStateException closed) {
      throw fault(Signal.SIGSEGV, offset, "loaded");
    }
  }

  /**
   * Stores a byte as a program does by an instruction.
   *
   * @param offset from the beginning of the mapping; any number
   * @param value of which the low 8 bits are stored
   * @throws DmaBufException EFAULT as {@link #load}, and SIGSEGV without PROT_WRITE
   */
  public void store(long offset, int value) {
    MappedView now = view;
    check(now, offset, now.allowsStores(), "stored");
    try {
      now.pages().set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    } catch (IllegalStateException closed) {
      throw fault(Signal.SIGSEGV, offset, "stored");
    }
  }

  /**
   * Changes what may be accessed: mprotect. A mapping never becomes more than it was made as, for
   * what is mapped for reading is so for the system as well.
   *
   * @param protection see {@link MmapFlags}
   * @throws DmaBufException EACCES for stores when it was made without PROT_WRITE; ENOMEM when it
   *     is unmapped
   */
  public void protect(int protection) {
    change(
        now -> {
          if ((protection & MmapFlags.PROT_WRITE & ~now.granted()) != 0) {
            throw new DmaBufException(
                Errno.EACCES,
                this
                    + " was made with protection "
                    + now.granted()
                    + " and cannot have "
                    + protection
                    + "; map the file again");
          }
          return now.withProtection(protection);
        });
  }

  /**
   * Gives the end of the address space back: mremap. What is left still holds the file.
   *
   * @param bytes what is left, 1 or more, rounded up to pages by the caller
   * @throws DmaBufException EINVAL for fewer; EFAULT for more than there is, as a mapping of a
   *     buffer cannot grow; ENOMEM when it is unmapped
   */
  public void shrink(long bytes) {
    change(
        now -> {
          if (bytes < 1) {
            throw new DmaBufException(Errno.EINVAL, this + " was to have " + bytes + "; close it");
          }
          if (bytes > now.length()) {
            throw new DmaBufException(
                Errno.EFAULT, this + " was to have " + bytes + "; map the file once more");
          }
          return now.withLength(bytes);
        });
  }

  private void change(UnaryOperator<MappedView> change) {
    synchronized (whenUnmapped) {
      if (state == State.UNMAPPED) {
        throw new DmaBufException(Errno.ENOMEM, this + " was to be changed; map the file again");
      }
      view = change.apply(view);
    }
  }

  /**
   * Runs something once, after the unmap, on the thread that unmaps; at once when that has been.
   *
   * @param then what, must not throw, never null
   */
  public void whenUnmapped(Runnable then) {
    Objects.requireNonNull(then, "then");
    synchronized (whenUnmapped) {
      if (state == State.MAPPED) {
        whenUnmapped.add(then);
        return;
      }
    }
    then.run();
  }

  /**
   * Unmaps. Idempotent.
   *
   * @throws DmaBufException EBUSY while a native call uses the memory; it stays mapped then
   */
  @Override
  public void close() {
    List<Runnable> tell;
    synchronized (whenUnmapped) {
      if (state == State.UNMAPPED) {
        return;
      }
      try {
        arena.close();
      } catch (IllegalStateException busy) {
        throw new DmaBufException(
            Errno.EBUSY,
            "A mapping of " + what + " was closed while a call uses it: " + busy.getMessage());
      }
      state = State.UNMAPPED;
      tell = List.copyOf(whenUnmapped);
    }
    tell.forEach(Runnable::run);
  }

  /** Notes who has it, until it is unmapped; for the tables and clients that list it. */
  public void note(LeakTracker leaks) {
    Acquisition taken = leaks.keep(LeakKind.CPU_MAPPING, this);
    if (taken != null) {
      noted = taken;
      whenUnmapped(taken::released);
    }
  }

  /** Returns what there is to tell of it, never null. */
  public Snapshot.CpuMap snapshot(String owner) {
    return new Snapshot.CpuMap(owner, what, length(), protection(), Snapshot.Taken.of(noted));
  }

  @Override
  public String toString() {
    return "mapping of " + length() + " bytes of " + what + " (" + state + ")";
  }

  private void check(MappedView now, long offset, boolean allowed, String access) {
    if (state == State.UNMAPPED || !allowed || offset < 0 || offset >= now.length()) {
      throw fault(Signal.SIGSEGV, offset, access);
    }
    if (offset >= now.pages().byteSize()) {
      throw fault(Signal.SIGBUS, offset, access);
    }
  }

  private DmaBufException fault(Signal signal, long offset, String access) {
    return DmaBufException.fault(
        signal,
        "A byte was "
            + access
            + " at "
            + offset
            + " of a "
            + this
            + " with protection "
            + protection()
            + " and "
            + segment().byteSize()
            + " bytes of pages: "
            + signal);
  }
}
