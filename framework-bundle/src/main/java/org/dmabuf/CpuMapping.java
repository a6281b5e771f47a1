package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
  private final MemorySegment pages;
  private final long length;
  private final int protection;
  private final List<Runnable> whenUnmapped = new ArrayList<>(2); // guarded by itself
  private volatile State state = State.MAPPED;

  private CpuMapping(String what, Arena arena, MemorySegment pages, long length, int protection) {
    this.what = what;
    this.arena = arena;
    this.pages = pages;
    this.length = length;
    this.protection = protection;
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
    MemorySegment allowed = pages;
    if (protection == MmapFlags.PROT_NONE) {
      allowed = pages.asSlice(0, 0);
    } else if ((protection & MmapFlags.PROT_WRITE) == 0) {
      allowed = pages.asReadOnly();
    }
    CpuMapping mapping = new CpuMapping(what, arena, allowed, length, protection);
    mapping.whenUnmapped(whenUnmapped);
    return mapping;
  }

  /** Returns the memory, whose access is that of the mapping; empty for PROT_NONE; never null. */
  public MemorySegment segment() {
    return pages;
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
    return ByteBuffers.view(pages, 0, pages.byteSize());
  }

  /**
   * As {@link #asByteBuffer()}, for a part.
   *
   * @param offset its first byte, 0 or more
   * @param bytes how many, 0 or more
   * @throws DmaBufException EINVAL for a range outside the mapping; and as {@link #asByteBuffer()}
   */
  public ByteBuffer asByteBuffer(long offset, long bytes) {
    return ByteBuffers.view(pages, offset, bytes);
  }

  /** Returns the bytes of address space that it takes, 1 or more. */
  public long length() {
    return length;
  }

  /** Returns what accesses are allowed, see {@link MmapFlags}. */
  public int protection() {
    return protection;
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
    check(offset, protection != MmapFlags.PROT_NONE, "loaded");
    try {
      return Byte.toUnsignedInt(pages.get(ValueLayout.JAVA_BYTE, offset));
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
    check(offset, (protection & MmapFlags.PROT_WRITE) != 0, "stored");
    try {
      pages.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    } catch (IllegalStateException closed) {
      throw fault(Signal.SIGSEGV, offset, "stored");
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

  @Override
  public String toString() {
    return "mapping of " + length + " bytes of " + what + " (" + state + ")";
  }

  private void check(long offset, boolean allowed, String access) {
    if (state == State.UNMAPPED || !allowed || offset < 0 || offset >= length) {
      throw fault(Signal.SIGSEGV, offset, access);
    }
    if (offset >= pages.byteSize()) {
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
            + protection
            + " and "
            + pages.byteSize()
            + " bytes of pages: "
            + signal);
  }
}
