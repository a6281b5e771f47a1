package org.dmabuf.gem;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;

/**
 * Buffers of a GEM device for those who ask any exporter by its name and know nothing of handles.
 * It does what a program does: it opens the device, makes a dumb buffer, shares it, and closes the
 * device; the descriptor is all that is left. For drivers' exporters.
 *
 * <p>Thread-safe.
 */
public final class DumbExport {
  private static final int BITS_PER_BYTE = 8;

  private final String exporter;
  private final DeviceNode node;
  private final int pageSize;

  /**
   * Makes it for one device.
   *
   * @param exporter the exporter's name, as messages show it, never null
   * @param node the device, never null
   * @param pageSize the size of a page in bytes
   * @throws DmaBufException EINVAL for an empty name
   */
  public DumbExport(String exporter, DeviceNode node, int pageSize) {
    if (exporter.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "An exporter over " + node.name() + " was configured without a name");
    }
    this.exporter = exporter;
    this.node = node;
    this.pageSize = pageSize;
  }

  /**
   * Makes and exports a zeroed buffer.
   *
   * @param registry whose handle is returned, never null
   * @param bytes how many, 1 or more, rounded up to pages
   * @param caller for whom, never null
   * @return a handle with one count, never null
   * @throws DmaBufException as {@link #allocate(FileTable, long, int, long)}; ENODEV when the
   *     registry's bundle leaves
   */
  public DmaBuf allocate(DmaBufRegistry registry, long bytes, FileTable caller) {
    int fd = allocate(caller, bytes, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC, 0);
    try {
      return registry.get(caller, fd);
    } finally {
      caller.close(fd);
    }
  }

  /**
   * As the node of a heap.
   *
   * @param caller for whom, never null
   * @param length bytes, 1 or more, rounded up to pages; less than 4 GiB
   * @param fdFlags access mode and O_CLOEXEC of the descriptor
   * @param heapFlags 0
   * @return the descriptor
   * @throws DmaBufException EINVAL for a length or flags that it does not take; ENOMEM; EMFILE;
   *     ENODEV when the device has gone; then there is no buffer
   */
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    long pages = Long.divideUnsigned(length, pageSize) + (length % pageSize == 0 ? 0 : 1);
    if (length == 0 || heapFlags != 0 || pages > Integer.MAX_VALUE) {
      throw new DmaBufException(
          Errno.EINVAL,
          Long.toUnsignedString(length)
              + " bytes were asked of exporter "
              + exporter
              + " with flags 0x"
              + Long.toHexString(heapFlags)
              + "; 1 byte to less than 4 GiB, and flags 0 would work");
    }
    int device = node.open(caller, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
    try {
      // A row for each page: so the size is that of the pages.
      DumbBuffer made = GemIoctl.createDumb(caller, device, pageSize, (int) pages, BITS_PER_BYTE);
      return GemIoctl.handleToFd(caller, device, made.handle(), fdFlags);
    } finally {
      caller.close(device);
    }
  }
}
