package org.dmabuf;

import org.dmabuf.file.IoctlStruct;

/**
 * The bracket of CPU access as descriptors have it: the ioctl SYNC, and its first proposal's two
 * requests without a structure.
 *
 * <pre>
 *   struct dma_buf_sync    [ flags, 64 bits ]     flags = READ | WRITE (one at least) | START or END
 * </pre>
 *
 * <p>Who asks it is not asked for the descriptor's access mode. Kernel counterpart: {@code
 * dma_buf_ioctl()}.
 */
final class CpuSync {
  private CpuSync() {}

  /**
   * Does what a program's structure says.
   *
   * @throws DmaBufException EFAULT; EINVAL for other flags; as {@link CpuAccess}
   */
  static void sync(BufferObject buffer, IoctlStruct argument) {
    long flags = argument.getLong(0);
    long access = flags & DmaBufIoctl.SYNC_RW;
    if (access == 0 || (flags & ~(DmaBufIoctl.SYNC_RW | DmaBufIoctl.SYNC_END)) != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "SYNC of "
              + buffer.describe()
              + " with flags 0x"
              + Long.toHexString(flags)
              + "; 1 (read), 2 (write) or 3, and 4 for the end, would work");
    }
    if ((flags & DmaBufIoctl.SYNC_END) != 0) {
      CpuAccess.end(buffer, direction(access));
    } else {
      CpuAccess.begin(buffer, direction(access));
    }
  }

  /** Begins, or ends, an access that may read and write. */
  static void prepare(BufferObject buffer) {
    CpuAccess.begin(buffer, DmaDirection.BIDIRECTIONAL);
  }

  static void finish(BufferObject buffer) {
    CpuAccess.end(buffer, DmaDirection.BIDIRECTIONAL);
  }

  /** A CPU that reads is a device that has written. */
  private static DmaDirection direction(long access) {
    if (access == DmaBufIoctl.SYNC_READ) {
      return DmaDirection.FROM_DEVICE;
    }
    return access == DmaBufIoctl.SYNC_WRITE ? DmaDirection.TO_DEVICE : DmaDirection.BIDIRECTIONAL;
  }
}
