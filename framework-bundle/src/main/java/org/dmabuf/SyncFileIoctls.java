package org.dmabuf;

import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceUnwrap;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.SyncFile;

/**
 * The fences of a buffer as sync files, and the other way round.
 *
 * <pre>
 *   struct   flags u32 | fd s32
 *
 *   EXPORT   READ: what a reader waits for, the writers      WRITE, RW: all
 *            none pending: a stub; one: itself; several: an array, as they are at this moment
 *   IMPORT   READ: as a reader; WRITE, RW: as a writer; each fence of a container by itself
 * </pre>
 *
 * <p>Kernel counterpart: {@code dma_buf_export_sync_file()} and {@code dma_buf_import_sync_file()}.
 */
final class SyncFileIoctls {
  static final int BYTES = 8;

  private static final int READ = (int) DmaBufIoctl.SYNC_READ;
  private static final int WRITE = (int) DmaBufIoctl.SYNC_WRITE;
  private static final int FLAGS = 0;
  private static final int FD = 4;

  private SyncFileIoctls() {}

  /** EFAULT; EINVAL for flags; EMFILE. */
  static void export(BufferObject buffer, FileTable caller, IoctlStruct struct) {
    boolean write = isWrite(buffer, struct.getInt(FLAGS), "exported");
    // Who cannot be told the descriptor gets none: so the place for it is tried before.
    struct.setInt(FD, struct.getInt(FD));
    int fd = export(buffer, write).install(caller);
    struct.setInt(FD, fd);
  }

  /** EFAULT; EINVAL for flags, then for whatever is not a sync file. */
  static void importInto(BufferObject buffer, FileTable caller, IoctlStruct struct) {
    boolean write = isWrite(buffer, struct.getInt(FLAGS), "given");
    int fd = struct.getInt(FD);
    DmaFence fence =
        SyncFile.fenceOf(caller, fd)
            .orElseThrow(
                () ->
                    new DmaBufException(
                        Errno.EINVAL,
                        "fd "
                            + fd
                            + " of "
                            + caller.owner()
                            + " is no sync file, of which "
                            + buffer.describe()
                            + " was to be given the fences"));
    add(buffer.resv(), fence, write);
  }

  /** Returns a sync file of what an access must wait for now. */
  static SyncFile export(BufferObject buffer, boolean write) {
    DmaFence fence =
        buffer.resv().getSingleton(Usage.toWaitFor(write)).orElseGet(buffer::stubFence);
    return new SyncFile(fence);
  }

  /** Makes others wait for a fence. */
  static void add(DmaResv resv, DmaFence fence, boolean write) {
    List<DmaFence> members = FenceUnwrap.unwrap(fence);
    Usage usage = write ? Usage.WRITE : Usage.READ;
    resv.lock();
    try {
      resv.reserveFences(members.size());
      members.forEach(member -> resv.addFence(member, usage));
    } finally {
      resv.unlock();
    }
  }

  private static boolean isWrite(BufferObject buffer, int flags, String what) {
    if (flags == 0 || (flags & ~(READ | WRITE)) != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          buffer.describe()
              + " was to be "
              + what
              + " a sync file with flags 0x"
              + Integer.toHexString(flags)
              + "; READ (1), WRITE (2) or both would work");
    }
    return (flags & WRITE) != 0;
  }
}
