package org.dmabuf.heap;

import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A heap as a service, which a driver registers under its name. Its name describes the region and
 * is stable.
 *
 * <p>Thread-safe. Kernel counterpart: a node below {@code /dev/dma_heap}.
 */
@ProviderType
public interface HeapDevice {
  /** Service property: the heap's name, a String. */
  String NAME = "dmabuf.exporter";

  /** Flag of {@link #allocate}: the descriptor is closed on exec. */
  int O_CLOEXEC = OpenFlags.O_CLOEXEC;

  /** Returns the heap's name, never null. */
  String name();

  /**
   * Allocates a zeroed buffer, charged to the caller.
   *
   * @param caller the table of the client that gets the descriptor, never null
   * @param length bytes, unsigned, 1 or more; rounded up to pages
   * @param fdFlags access mode of the buffer's file (0 to 3, so 0 is for reading only) and {@link
   *     #O_CLOEXEC}
   * @param heapFlags must be 0
   * @return the descriptor in the caller's table
   * @throws org.dmabuf.DmaBufException EINVAL for length 0 or one that rounds up to 0, and for
   *     unknown flags; ENOMEM; EMFILE when the caller's table is full; ENOENT or ENODEV when the
   *     heap's driver is leaving; then nothing was allocated
   */
  int allocate(FileTable caller, long length, int fdFlags, long heapFlags);
}
