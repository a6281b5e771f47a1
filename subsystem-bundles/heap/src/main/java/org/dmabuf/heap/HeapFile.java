package org.dmabuf.heap;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFile;

/** An open heap. Kernel counterpart: a file of the character device {@code dma_heap}. */
final class HeapFile extends OpenFile {
  private final HeapNode node;

  HeapFile(HeapNode node, int flags) {
    super(flags);
    this.node = node;
  }

  @Override
  public String describe() {
    return "heap " + node.name();
  }

  /** Nothing to give back: the heap is the product's. */
  @Override
  protected void released() {}

  /**
   * Allocates, whatever the access mode. As in Linux, only the request's number is looked at, and
   * an unknown one is EINVAL; the structure's length and direction are the caller's.
   */
  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (Ioctl.number(request) != Ioctl.number(HeapIoctl.DMA_HEAP_IOCTL_ALLOC)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Heap "
              + node.name()
              + " has no ioctl 0x"
              + Integer.toHexString(request)
              + "; DMA_HEAP_IOCTL_ALLOC would work");
    }
    IoctlStruct data = IoctlStruct.of(request, argument);
    boolean takes = Ioctl.takes(request);
    int fdIn = takes ? data.getInt(HeapIoctl.FD) : 0;
    if (fdIn != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Heap " + node.name() + " was given fd " + fdIn + " on the way in; 0 works");
    }
    int fd =
        node.device()
            .allocate(
                caller,
                takes ? data.getLong(HeapIoctl.LEN) : 0,
                takes ? data.getInt(HeapIoctl.FD_FLAGS) : 0,
                takes ? data.getLong(HeapIoctl.HEAP_FLAGS) : 0);
    if (Ioctl.fills(request)) {
      try {
        data.setInt(HeapIoctl.FD, fd);
      } catch (DmaBufException fault) {
        caller.close(fd);
        throw fault;
      }
    }
    return 0;
  }
}
