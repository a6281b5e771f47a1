package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.PlaneStatus;
import org.dmabuf.video.queue.QueueRequest;

/**
 * A buffer as programs describe it and are told of it: {@code struct v4l2_buffer} with its {@code
 * struct v4l2_plane}.
 *
 * <pre>
 *   0 index | 4 type | 8 bytesused | 12 flags | 16 field | 24 timestamp: s, us | 56 sequence
 *   60 memory | 64 m: offset, userptr, planes or fd | 72 length, or number of planes | 76 fence fd
 *
 *   plane, 64 bytes each:  0 bytesused | 4 length | 8 m: offset, userptr or fd | 16 data_offset
 * </pre>
 *
 * <p>Structures that the memory word points at must lie in the caller's segment. The fence's place
 * and its flags are those that were proposed for V4L2. Belongs to one call.
 */
final class BufferStruct {
  static final int BYTES = 88;
  static final int PLANE_BYTES = 64;
  static final int MOST_PLANES = 8;

  static final int INDEX = 0;
  static final int TYPE = 4;
  static final int BYTESUSED = 8;
  static final int FLAGS = 12;
  static final int FIELD = 16;
  static final int SECONDS = 24;
  static final int MICROSECONDS = 32;
  static final int SEQUENCE = 56;
  static final int MEMORY = 60;
  static final int PLACE = 64;
  static final int LENGTH = 72;
  static final int FENCE_FD = 76;

  static final int PLANE_BYTESUSED = 0;
  static final int PLANE_LENGTH = 4;
  static final int PLANE_PLACE = 8;
  static final int PLANE_DATA_OFFSET = 16;

  /** The fence fd holds what the device waits for. */
  static final int IN_FENCE = 0x20_0000;

  /** The fence fd is to be filled with what tells that the device is done. */
  static final int OUT_FENCE = 0x40_0000;

  /** The buffer belongs to a request, which no device here has. */
  static final int REQUEST_FD = 0x80_0000;

  static final int FIELD_NONE = 1;
  static final long NANOS = 1_000_000_000L;
  static final long MICRO = 1000L;

  private final MemorySegment argument;
  private final IoctlStruct struct;
  private final boolean multiplanar;

  BufferStruct(int request, MemorySegment argument, boolean multiplanar) {
    this.argument = argument;
    this.struct = IoctlStruct.of(request, argument);
    this.multiplanar = multiplanar;
  }

  static int type(int request, MemorySegment argument) {
    return IoctlStruct.of(request, argument).getInt(TYPE);
  }

  int index() {
    return struct.getInt(INDEX);
  }

  boolean wantsOutFence() {
    return (struct.getInt(FLAGS) & OUT_FENCE) != 0;
  }

  /**
   * Reads what a program says of a buffer that it gives; EINVAL for a fence that is none, EBADR for
   * one that belongs to a request.
   */
  QueueRequest request(FileTable caller) {
    if ((struct.getInt(FLAGS) & REQUEST_FD) != 0) {
      throw new DmaBufException(
          Errno.EBADR, "Buffer " + index() + " came with a request; without one it would work");
    }
    Optional<MemoryType> memory = MemoryType.of(struct.getInt(MEMORY));
    long nanos = struct.getLong(SECONDS) * NANOS + struct.getLong(MICROSECONDS) * MICRO;
    Optional<DmaFence> before = Optional.empty();
    if ((struct.getInt(FLAGS) & IN_FENCE) != 0) {
      before = SyncFile.fenceOf(caller, struct.getInt(FENCE_FD));
      if (before.isEmpty()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Buffer %d came with fence fd %d, which is no sync file"
                .formatted(index(), struct.getInt(FENCE_FD)));
      }
    }
    return new QueueRequest(
        index(), memory, caller, planes(memory), nanos, before, wantsOutFence());
  }

  private List<QueueRequest.Plane> planes(Optional<MemoryType> memory) {
    if (!multiplanar) {
      return List.of(plane(memory, struct, BYTESUSED, PLACE, LENGTH, struct.getLong(PLACE), 0));
    }
    int count = planeCount();
    IoctlStruct table = planeTable(count);
    List<QueueRequest.Plane> planes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = i * PLANE_BYTES;
      planes.add(
          plane(
              memory,
              table,
              at + PLANE_BYTESUSED,
              at + PLANE_PLACE,
              at + PLANE_LENGTH,
              table.getLong(at + PLANE_PLACE),
              table.getInt(at + PLANE_DATA_OFFSET)));
    }
    return planes;
  }

  private QueueRequest.Plane plane(
      Optional<MemoryType> memory,
      IoctlStruct of,
      int bytesUsed,
      int fd,
      int lengthAt,
      long address,
      int dataOffset) {
    long length = Integer.toUnsignedLong(of.getInt(lengthAt));
    boolean user = memory.isPresent() && memory.get() == MemoryType.USERPTR;
    return new QueueRequest.Plane(
        of.getInt(fd),
        address,
        user ? memoryAt(address, length) : Optional.empty(),
        length,
        Integer.toUnsignedLong(of.getInt(bytesUsed)),
        dataOffset);
  }

  /** The program's memory at an address, if it lies in the segment that came with the call. */
  private Optional<MemorySegment> memoryAt(long address, long length) {
    long offset = address - argument.address();
    boolean inside =
        address != 0 && length > 0 && offset >= 0 && offset <= argument.byteSize() - length;
    return inside ? Optional.of(argument.asSlice(offset, length)) : Optional.empty();
  }

  /** How many planes the caller has room for; EINVAL. */
  private int planeCount() {
    int count = struct.getInt(LENGTH);
    if (count < 1 || count > MOST_PLANES) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A buffer was described by %d planes; 1 to %d would work".formatted(count, MOST_PLANES));
    }
    return count;
  }

  private IoctlStruct planeTable(int count) {
    return IoctlStruct.at(argument, struct.getLong(PLACE), (long) count * PLANE_BYTES);
  }

  /** EINVAL when the caller's list of planes cannot be filled, before anything is done. */
  void checkPlanes(int planes) {
    if (multiplanar) {
      int count = planeCount();
      if (count < planes) {
        throw new DmaBufException(
            Errno.EINVAL, "A buffer of %d planes does not fit into %d".formatted(planes, count));
      }
      planeTable(count);
    }
  }

  /** Tells what a buffer is. */
  void fill(BufferStatus status) {
    struct.setInt(INDEX, status.index());
    int given = struct.getInt(FLAGS) & (IN_FENCE | OUT_FENCE);
    struct.setInt(FLAGS, given | bits(status.flags()));
    struct.setInt(FIELD, FIELD_NONE);
    struct.setLong(SECONDS, status.timestampNanos() / NANOS);
    struct.setLong(MICROSECONDS, status.timestampNanos() % NANOS / MICRO);
    struct.setInt(SEQUENCE, (int) status.sequence());
    struct.setInt(MEMORY, status.memory().number());
    if (!multiplanar) {
      PlaneStatus plane = status.planes().getFirst();
      struct.setInt(BYTESUSED, (int) plane.bytesUsed());
      struct.setInt(LENGTH, (int) plane.length());
      struct.setLong(PLACE, place(plane));
      return;
    }
    IoctlStruct table = planeTable(planeCount());
    for (int i = 0; i < status.planes().size(); i++) {
      PlaneStatus plane = status.planes().get(i);
      int at = i * PLANE_BYTES;
      table.setInt(at + PLANE_BYTESUSED, (int) plane.bytesUsed());
      table.setInt(at + PLANE_LENGTH, (int) plane.length());
      table.setLong(at + PLANE_PLACE, place(plane));
      table.setInt(at + PLANE_DATA_OFFSET, plane.dataOffset());
    }
    struct.setInt(LENGTH, status.planes().size());
  }

  /** What is dequeued is not done any more. */
  void clearDone() {
    struct.setInt(FLAGS, struct.getInt(FLAGS) & ~BufferFlag.DONE.bit());
  }

  void setFence(int fd) {
    struct.setInt(FENCE_FD, fd);
  }

  private static long place(PlaneStatus plane) {
    return plane.offset() != 0 ? plane.offset() : plane.place();
  }

  static int bits(Set<BufferFlag> flags) {
    return flags.stream().mapToInt(BufferFlag::bit).reduce(0, (all, one) -> all | one);
  }

  static Set<BufferFlag> flags(int bits) {
    EnumSet<BufferFlag> flags = EnumSet.noneOf(BufferFlag.class);
    for (BufferFlag flag : BufferFlag.values()) {
      if ((bits & flag.bit()) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }
}
