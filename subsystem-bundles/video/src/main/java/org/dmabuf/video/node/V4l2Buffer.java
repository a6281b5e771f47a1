package org.dmabuf.video.node;

import java.util.List;
import java.util.Objects;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;

/**
 * What a program says of a buffer that it queues, prepares or dequeues. Immutable; there are
 * methods that return changed copies. Kernel counterpart: {@code struct v4l2_buffer}.
 *
 * @param type of its queue, as a number, so that wrong ones can be told
 * @param memory whose memory, as a number
 * @param index its index
 * @param planes one for each plane of memory, one or more, never null
 * @param timestampNanos of the frame, for a device that reads; in ns
 * @param inFence a sync file that the device waits for; -1 for none
 * @param flags {@link #OUT_FENCE} when a sync file for when the device is done is wanted, {@link
 *     #REQUEST} when the buffer belongs to a request
 */
public record V4l2Buffer(
    int type,
    int memory,
    int index,
    List<Plane> planes,
    long timestampNanos,
    int inFence,
    int flags) {
  /**
   * One plane of memory.
   *
   * @param fd the dma-buf, for DMABUF
   * @param address where it lies in the segment of the call, for USERPTR; 0 for none
   * @param length bytes; 0 for all of a dma-buf
   * @param bytesUsed bytes of the frame, for a device that reads
   * @param dataOffset where the frame begins, in bytes
   */
  public record Plane(int fd, long address, long length, long bytesUsed, int dataOffset) {
    /** Nothing is said of the plane, as for MMAP. */
    public static final Plane NONE = new Plane(0, 0, 0, 0, 0);

    /** A dma-buf, all of it. */
    public static Plane of(int fd) {
      return new Plane(fd, 0, 0, 0, 0);
    }
  }

  /** A sync file for when the device is done is wanted. */
  public static final int OUT_FENCE = BufferStruct.OUT_FENCE;

  /** The buffer belongs to a request, which no device here has: EBADR. */
  public static final int REQUEST = BufferStruct.REQUEST_FD;

  /** Checks that there is a plane. */
  public V4l2Buffer {
    planes = List.copyOf(planes);
    Objects.checkIndex(0, planes.size());
  }

  /** A buffer of one plane. */
  public static V4l2Buffer of(QueueType type, MemoryType memory, int index) {
    return new V4l2Buffer(type.number(), memory.number(), index, List.of(Plane.NONE), 0, -1, 0);
  }

  /** Returns the same buffer with other planes. */
  public V4l2Buffer withPlanes(List<Plane> other) {
    return new V4l2Buffer(type, memory, index, other, timestampNanos, inFence, flags);
  }

  /** Returns the same buffer of one plane in a dma-buf. */
  public V4l2Buffer withDmabuf(int fd) {
    return withPlanes(List.of(Plane.of(fd)));
  }

  /** Returns the same buffer of one plane that holds so many bytes of a frame. */
  public V4l2Buffer withBytesUsed(long bytes) {
    Plane plane = planes.getFirst();
    return withPlanes(
        List.of(new Plane(plane.fd(), plane.address(), plane.length(), bytes, plane.dataOffset())));
  }

  /** Returns the same buffer with the time of its frame. */
  public V4l2Buffer withTimestamp(long nanos) {
    return new V4l2Buffer(type, memory, index, planes, nanos, inFence, flags);
  }

  /** Returns the same buffer, for which the device waits for a sync file. */
  public V4l2Buffer withInFence(int syncFile) {
    return new V4l2Buffer(type, memory, index, planes, timestampNanos, syncFile, flags);
  }

  /** Returns the same buffer, for which a sync file is wanted. */
  public V4l2Buffer withOutFence() {
    return new V4l2Buffer(type, memory, index, planes, timestampNanos, inFence, flags | OUT_FENCE);
  }

  /** Returns the same buffer as one of a request. */
  public V4l2Buffer withRequest() {
    return new V4l2Buffer(type, memory, index, planes, timestampNanos, inFence, flags | REQUEST);
  }

  /** Returns whether a sync file for when the device is done is wanted. */
  public boolean wantsOutFence() {
    return (flags & OUT_FENCE) != 0;
  }
}
