package org.dmabuf.acceptance.soak;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** A buffer of an exporter that now and then refuses, and keeps books of what it is asked for. */
class SoakBuffer implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable {
  private static final int ONE_IN = 40;

  private final BackingStore store;
  private final Books books;
  private final AtomicBoolean released = new AtomicBoolean();

  SoakBuffer(BackingStore store, Books books) {
    this.store = store;
    this.books = books;
    books.begin(Books.Pair.EXPORT);
  }

  @Override
  public void attach(Attachment attachment) {
    refuse(Errno.EBUSY);
    books.begin(Books.Pair.ATTACH);
  }

  @Override
  public void detach(Attachment attachment) {
    books.end(Books.Pair.ATTACH);
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    refuse(Errno.ENOMEM);
    SgTable table = store.table(direction.writes());
    books.begin(Books.Pair.MAP);
    return table;
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
    books.end(Books.Pair.MAP);
  }

  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    refuse(Errno.ENOMEM);
    return store.map(arena, offset, length, writable);
  }

  @Override
  public MemorySegment vmap(Arena arena) {
    refuse(Errno.ENOMEM);
    MemorySegment mapped = store.map(arena, 0, store.size(), true);
    books.begin(Books.Pair.VMAP);
    return mapped;
  }

  @Override
  public void vunmap(MemorySegment address) {
    books.end(Books.Pair.VMAP);
  }

  @Override
  public void release() {
    if (!released.compareAndSet(false, true)) {
      books.releasedTwice();
      return;
    }
    books.end(Books.Pair.EXPORT);
    store.close();
  }

  Books books() {
    return books;
  }

  static void refuse(Errno errno) {
    if (ThreadLocalRandom.current().nextInt(ONE_IN) == 0) {
      throw new DmaBufException(errno, "The soak's exporter refuses now and then; try again");
    }
  }

  /** A buffer that can be pinned. */
  static final class Pinned extends SoakBuffer implements DmaBufOps.Pinnable {
    Pinned(BackingStore store, Books books) {
      super(store, books);
    }

    @Override
    public void pin(Attachment attachment) {
      refuse(Errno.ENOSPC);
      books().begin(Books.Pair.PIN);
    }

    @Override
    public void unpin(Attachment attachment) {
      books().end(Books.Pair.PIN);
    }
  }

  /** A buffer that survives its exporter. */
  static final class Adopted extends SoakBuffer implements DmaBufOps.Adoptable {
    private final BackingStore store;

    Adopted(BackingStore store, Books books) {
      super(store, books);
      this.store = store;
    }

    @Override
    public BackingStore handOver() {
      return store;
    }
  }
}
