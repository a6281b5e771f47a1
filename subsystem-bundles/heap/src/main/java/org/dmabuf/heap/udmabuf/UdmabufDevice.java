package org.dmabuf.heap.udmabuf;

import java.util.List;
import org.dmabuf.file.FileTable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes buffers of memory files, as a service that a driver registers. The files must be sealed
 * against shrinking and not against writing; the buffer keeps the pages that they have now, also
 * when they are closed.
 *
 * <p>Thread-safe. Kernel counterpart: {@code /dev/udmabuf}.
 */
@ProviderType
public interface UdmabufDevice {
  /** Flag: the descriptor is closed on exec. Other bits are ignored, as in Linux. */
  int UDMABUF_FLAGS_CLOEXEC = 1;

  /**
   * Makes a buffer of pages of one memory file. Its file may be read and written, whatever the
   * memory file's access mode is.
   *
   * @param caller the table with the memory file, which gets the descriptor; never null
   * @param memfd the descriptor of the memory file
   * @param offset the first byte, a multiple of the page size
   * @param size bytes, a multiple of the page size, 1 page or more
   * @param flags {@link #UDMABUF_FLAGS_CLOEXEC}
   * @return the descriptor of the buffer
   * @throws org.dmabuf.DmaBufException in this order: EINVAL for an unaligned offset or size, a
   *     size of 0, and one above the limit; EBADFD when the descriptor is none of a memory file;
   *     EINVAL for its seals, and for a range that is not within its exact size; ENOMEM; EMFILE
   */
  default int create(FileTable caller, int memfd, long offset, long size, int flags) {
    return createList(caller, List.of(new UdmabufItem(memfd, offset, size)), flags);
  }

  /**
   * Makes a buffer of pages of several memory files, in the order of the list; the same pages may
   * come twice.
   *
   * @param caller the table with the memory files, which gets the descriptor; never null
   * @param items one or more, up to the limit
   * @param flags {@link #UDMABUF_FLAGS_CLOEXEC}
   * @return the descriptor of the buffer
   * @throws org.dmabuf.DmaBufException EINVAL for no item or more than the limit; else as {@link
   *     #create}, where alignment and sizes of all items come before the first descriptor, and then
   *     each item's descriptor, seals and range in turn
   */
  int createList(FileTable caller, List<UdmabufItem> items, int flags);

  /** Returns how many items a list may have at most, 1 or more. */
  int listLimit();
}
