package org.dmabuf.video.queue;

import java.lang.foreign.Arena;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.RefCount;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.resv.DmaResv;

/**
 * Memory of a device that the queue, mappings and exported dma-bufs have together.
 *
 * <pre>
 *   users = 1 for the queue + 1 for each mapping + 1 for each exported dma-buf
 *   LIVE --last user gone--> store closed
 * </pre>
 *
 * <p>So a buffer that the queue forgets lives on with those that still have it: an orphan.
 * Thread-safe. Kernel counterpart: {@code struct vb2_vmalloc_buf} with its {@code refcount}.
 */
final class SharedStore {
  private final BackingStore store;
  private final DmaResv resv;
  private final RefCount users = new RefCount();

  /** Takes a store over, with one user. */
  SharedStore(BackingStore store, DmaResv resv) {
    this.store = store;
    this.resv = resv;
  }

  BackingStore store() {
    return store;
  }

  /** What all dma-bufs of this memory have in common. */
  DmaResv resv() {
    return resv;
  }

  /** Takes a use; ENODEV when the last one is gone. */
  void get() {
    if (!users.tryGet(this)) {
      throw new DmaBufException(
          Errno.ENODEV, "The memory of a video buffer is gone; request buffers again");
    }
  }

  /** Drops a use. */
  void put() {
    if (users.put() == RefCount.Put.LAST) {
      store.close();
    }
  }

  boolean isShared() {
    return users.references() > 1;
  }

  /**
   * Maps it from its beginning for a program.
   *
   * @param what whose, for messages
   * @param length bytes, a multiple of the page size, at most the store's
   */
  CpuMapping mmap(String what, long length, int protection) {
    get();
    Arena arena = Arena.ofShared();
    try {
      boolean writable = (protection & MmapFlags.PROT_WRITE) != 0;
      return CpuMapping.of(
          what, arena, store.map(arena, 0, length, writable), length, protection, this::put);
    } catch (RuntimeException refused) {
      arena.close();
      put();
      throw refused;
    }
  }

  @Override
  public String toString() {
    return store + " of a video buffer";
  }
}
