package org.dmabuf.gem;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * The requests about fences that programs attach to objects themselves, of devices with {@link
 * GemFeature#CLIENT_FENCES}; others answer EINVAL.
 *
 * <p>All calls throw EBADF when the device is not open, ENOTTY when it is no device, ENODEV when
 * its driver has gone. Kernel counterpart: {@code include/uapi/drm/vgem_drm.h}.
 */
public final class GemFenceIoctl {
  /** Attaches a fence to an object. */
  public static final int ATTACH = Ioctl.readWrite(GemIoctl.TYPE, 0x41, 16);

  /** Signals a fence. */
  public static final int SIGNAL = Ioctl.write(GemIoctl.TYPE, 0x42, 8);

  /** Flag of {@link #attach}: the work behind the fence writes. */
  public static final int WRITE = 1;

  private GemFenceIoctl() {}

  /**
   * Attaches a new fence to an object, imported or not: all who use its buffer see it. Unless it is
   * signalled it expires after ten seconds on the product's clock, without error.
   *
   * @param table the program's descriptors, never null
   * @param device the device
   * @param handle the object's
   * @param flags {@link #WRITE}, or 0 for work that reads
   * @return the fence's number in this open file, 1 or more
   * @throws DmaBufException EINVAL for other flags; ENOENT for a handle that the file does not
   *     have; EBUSY while work is pending that this had to wait for: any, for one that writes, and
   *     one that writes, for one that reads
   */
  public static int attach(FileTable table, int device, int handle, int flags) {
    MemorySegment memory = GemIoctl.segment(ATTACH);
    IoctlStruct struct = IoctlStruct.of(ATTACH, memory);
    struct.setInt(GemRequests.HANDLE, handle);
    struct.setInt(GemRequests.FLAGS, flags);
    table.ioctl(device, ATTACH, memory);
    return struct.getInt(GemRequests.OUT_FENCE);
  }

  /**
   * Signals a fence.
   *
   * @param fence its number in this open file
   * @throws DmaBufException ENOENT for one that is not there or was signalled; ETIMEDOUT, once, for
   *     one that has expired
   */
  public static void signal(FileTable table, int device, int fence) {
    MemorySegment memory = GemIoctl.segment(SIGNAL);
    IoctlStruct.of(SIGNAL, memory).setInt(GemRequests.HANDLE, fence);
    table.ioctl(device, SIGNAL, memory);
  }
}
