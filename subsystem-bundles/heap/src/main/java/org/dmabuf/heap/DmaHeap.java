package org.dmabuf.heap;

import java.util.Objects;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;

/**
 * What all heaps share: the checks of an allocation, rounding, and the descriptor. A driver offers
 * it as {@link HeapDevice}, by name, and as {@link BufferExporter}, for negotiation.
 *
 * <p>Thread-safe when its driver is. Kernel counterpart: {@code dma-heap.c}.
 */
public final class DmaHeap implements HeapDevice, BufferExporter {
  private final String name;
  private final DmaBufRegistry registry;
  private final HeapDriver driver;

  /**
   * Makes a heap over a driver.
   *
   * @param name its name, not empty, never null
   * @param registry the driver bundle's, never null
   * @param driver what allocates, never null
   * @throws DmaBufException EINVAL for an empty name
   */
  public DmaHeap(String name, DmaBufRegistry registry, HeapDriver driver) {
    if (name.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A heap without a name was made; name its region");
    }
    this.name = name;
    this.registry = Objects.requireNonNull(registry);
    this.driver = Objects.requireNonNull(driver);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    if ((fdFlags & ~(OpenFlags.O_ACCMODE | O_CLOEXEC)) != 0 || heapFlags != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Heap "
              + name
              + " was asked with fd flags 0x"
              + Integer.toHexString(fdFlags)
              + " and heap flags 0x"
              + Long.toHexString(heapFlags)
              + "; an access mode with O_CLOEXEC, and heap flags 0 would work");
    }
    long rounded = rounded(length);
    DmaBuf buffer = driver.allocate(rounded, fdFlags & OpenFlags.O_ACCMODE, caller.account());
    try {
      return registry.fd(buffer, caller, (fdFlags & O_CLOEXEC) != 0);
    } catch (DmaBufException full) {
      buffer.close();
      throw full;
    }
  }

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    return driver.allocate(rounded(spec.bytes()), OpenFlags.O_RDWR, caller.account());
  }

  /** Lengths are unsigned: one whose rounding wraps is EINVAL, one that is merely huge ENOMEM. */
  private long rounded(long length) {
    long page = registry.pageSize();
    long rounded = (length + page - 1) & -page;
    if (rounded > 0) {
      return rounded;
    }
    throw new DmaBufException(
        rounded == 0 ? Errno.EINVAL : Errno.ENOMEM,
        Long.toUnsignedString(length)
            + " bytes were asked of heap "
            + name
            + "; 1 or more that can be rounded up to pages and that it has would work");
  }
}
