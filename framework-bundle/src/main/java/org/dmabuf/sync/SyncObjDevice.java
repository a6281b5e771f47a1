package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.OpenFile;

/**
 * An open device that has sync objects and nothing else, see {@link SyncObjIoctl}. It calls no
 * driver, so it works on when the one that opened it is gone.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_file} and {@code drm_ioctl()}.
 */
public final class SyncObjDevice extends OpenFile {
  private final String name;
  private final SyncObjRequests requests;

  /**
   * Makes an open file with one reference, the caller's; drivers use {@code
   * DmaBufRegistry.syncObjDevice}.
   *
   * @param name the device's name, for messages; never null
   * @param contexts whose clock and stubs its objects take, never null
   * @param flags access mode and status flags, see {@link org.dmabuf.file.OpenFlags}
   */
  public SyncObjDevice(String name, FenceContexts contexts, int flags) {
    super(flags);
    this.name = Objects.requireNonNull(name, "name");
    this.requests = new SyncObjRequests(name, contexts);
  }

  @Override
  public String describe() {
    return "device " + name;
  }

  /**
   * As in Linux, of a request only the number counts: the structure's length and direction are the
   * caller's.
   */
  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (Ioctl.type(request) != SyncObjIoctl.TYPE) {
      return super.ioctl(caller, request, argument);
    }
    if (!requests.call(caller, request, argument)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Device "
              + name
              + " has no ioctl 0x"
              + Integer.toHexString(request)
              + "; those of sync objects would work");
    }
    return 0;
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  /** It has no events. */
  @Override
  protected int poll(int events) {
    return 0;
  }

  @Override
  protected void released() {
    requests.close();
  }
}
