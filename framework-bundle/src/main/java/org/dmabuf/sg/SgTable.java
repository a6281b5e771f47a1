package org.dmabuf.sg;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Where a mapped buffer lies, as one device sees it: runs of memory, in the order of the buffer's
 * bytes.
 *
 * <pre>
 *   buffer   0 ............... 65536 ......... 69632
 *   entry    [ address, 65536  ] [ address, 4096 ]
 * </pre>
 *
 * <p>The segments carry the lifetime and the access of the mapping: a device that only reads gets
 * read-only ones. Immutable but for {@link #free()}; thread-safe. Kernel counterpart: {@code struct
 * sg_table}.
 */
public final class SgTable {
  /**
   * A run of memory.
   *
   * @param address the device's address of its first byte
   * @param segment its bytes, never null, 1 byte or more
   */
  public record Entry(long address, MemorySegment segment) {
    /** Checks that there is something in it. */
    public Entry {
      if (segment.byteSize() == 0) {
        throw new DmaBufException(Errno.EINVAL, "A scatter-gather entry of 0 bytes was made");
      }
    }

    /** Returns the length in bytes, 1 or more. */
    public long length() {
      return segment.byteSize();
    }
  }

  private final List<Entry> entries;
  private final long size;
  // Null when freed: then nothing of who made the table is held. Shared with read-only views.
  private final AtomicReference<Runnable> onFree;

  private SgTable(List<Entry> entries, AtomicReference<Runnable> onFree) {
    this.entries = List.copyOf(entries);
    long bytes = 0;
    for (Entry entry : entries) {
      bytes = Math.addExact(bytes, entry.length());
    }
    this.size = bytes;
    this.onFree = onFree;
  }

  /**
   * Makes a table.
   *
   * @param entries the runs in order, at least one, never null
   * @param onFree what gives the memory back, run once by {@link #free()}; never null. It is held
   *     until then, so memory that outlives a bundle is described by {@code BackingStore.table}
   * @throws DmaBufException EINVAL for no entries
   */
  public static SgTable of(List<Entry> entries, Runnable onFree) {
    if (entries.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A scatter-gather table without entries was made");
    }
    return new SgTable(entries, new AtomicReference<>(Objects.requireNonNull(onFree, "onFree")));
  }

  /** Returns the runs in order, never null, at least one. */
  public List<Entry> entries() {
    return entries;
  }

  /** Returns the bytes of all runs together, 1 or more. */
  public long size() {
    return size;
  }

  /** Returns the runs' memory in order, never null. */
  public List<MemorySegment> segments() {
    List<MemorySegment> segments = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      segments.add(entry.segment());
    }
    return segments;
  }

  /** Returns the same table with memory that cannot be written; freeing either frees both. */
  public SgTable asReadOnly() {
    List<Entry> readOnly = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      readOnly.add(new Entry(entry.address(), entry.segment().asReadOnly()));
    }
    return new SgTable(readOnly, onFree);
  }

  /** Gives the memory back; called by the exporter's unmap. Idempotent. */
  public void free() {
    Runnable once = onFree.getAndSet(null);
    if (once != null) {
      once.run();
    }
  }
}
