package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;

/**
 * What a program says of a buffer that it queues or prepares.
 *
 * @param index the buffer's index
 * @param memory whose memory it says that it is; empty for a number that is none; never null
 * @param table whose descriptors the planes name, never null
 * @param planes one for each plane, never null
 * @param timestampNanos of the frame, for a device that reads; in ns
 * @param inFence what the device waits for before it starts, for a queue of explicit fences; never
 *     null
 * @param wantsOutFence whether the caller wants a fence for when the device is done
 */
public record QueueRequest(
    int index,
    Optional<MemoryType> memory,
    FileTable table,
    List<Plane> planes,
    long timestampNanos,
    Optional<DmaFence> inFence,
    boolean wantsOutFence) {

  /** Copies the list. */
  public QueueRequest {
    planes = List.copyOf(planes);
  }

  /**
   * What is said of one plane.
   *
   * @param fd the dma-buf, for DMABUF
   * @param address the address, as the program named it, for USERPTR; 0 for none
   * @param user the memory at that address; empty when it is not the program's; never null
   * @param length bytes of the memory; 0 for all of a dma-buf
   * @param bytesUsed bytes of the frame, for a device that reads; 0 for all
   * @param dataOffset where the frame begins, in bytes
   */
  public record Plane(
      int fd,
      long address,
      Optional<MemorySegment> user,
      long length,
      long bytesUsed,
      int dataOffset) {}
}
