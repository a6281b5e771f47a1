package org.dmabuf.file;

import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The calls about memory that a table has mapped. Got by {@link FileTable#memory()}.
 *
 * <p>Thread-safe. Kernel counterpart: {@code mm/msync.c}, {@code mm/madvise.c}.
 */
public final class MappedMemory {
  /** Of sync: some time. */
  public static final int MS_ASYNC = 1;

  /** Of sync: other mappings are to be filled anew; changes nothing, as all share the pages. */
  public static final int MS_INVALIDATE = 2;

  /** Of sync: now. */
  public static final int MS_SYNC = 4;

  private static final int PUNCH_HOLE_KEEP_SIZE = 3;

  private final FileTable table;

  MappedMemory(FileTable table) {
    this.table = table;
  }

  /**
   * Brings a mapping's changes to the file: msync. Stores are in the pages at once, so there is
   * nothing to do but for files on a disk.
   *
   * @param mapping one that this table has made, never null
   * @param flags MS_ASYNC or MS_SYNC, MS_INVALIDATE added or not
   * @throws DmaBufException EINVAL for other flags, both, and MS_SYNC of a file that lies on no
   *     disk, as a dma-buf; ENOMEM when it is not mapped here
   */
  public void sync(CpuMapping mapping, int flags) {
    boolean known = (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) == 0;
    if (!known || (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A " + mapping + " was to be synchronized by " + flags + "; 1 (some time) would work");
    }
    OpenFile file = table.placeOf(mapping).file();
    if ((flags & MS_SYNC) != 0) {
      file.sync();
    }
  }

  /**
   * Says how a mapping will be used: madvise.
   *
   * @param mapping one that this table has made, never null
   * @param advice what, never null
   * @throws DmaBufException EINVAL for advice that its pages cannot take: those of a device are
   *     neither dropped nor merged; ENODEV for a hole in a file that has none; ENOMEM when it is
   *     not mapped here
   */
  public void advise(CpuMapping mapping, Advice advice) {
    FileCalls.Place place = table.placeOf(mapping);
    switch (advice) {
      case WILL_NEED, DONT_FORK, DO_FORK -> {
        // Pages are there from the beginning, and no process of ours forks with its memory.
      }
      case DONT_NEED, MERGEABLE -> {
        if (!place.file().hasOrdinaryPages()) {
          throw refused(mapping, advice);
        }
      }
      case FREE -> throw refused(mapping, advice);
      case REMOVE -> place.file().allocate(PUNCH_HOLE_KEEP_SIZE, place.offset(), mapping.length());
    }
  }

  private static DmaBufException refused(CpuMapping mapping, Advice advice) {
    return new DmaBufException(
        Errno.EINVAL,
        "A " + mapping + " was advised " + advice + "; its pages belong to what it maps and stay");
  }
}
