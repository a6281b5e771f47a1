package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.PlaneStatus;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueMapping;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.VideoQueue;

/**
 * The requests of a video device about buffers, and how a program makes each of them with one call.
 *
 * <p>All calls throw EBADF when the device is not open, ENOTTY when it is none, ENODEV when its
 * driver has gone, EINVAL for a type of queue that it does not have. Those that a queue's owner
 * makes throw EBUSY for another file. Kernel counterpart: {@code videodev2.h}.
 */
public final class V4l2Ioctl {
  /** Bytes at the beginning of a program's segment that a call with USERPTR needs for itself. */
  public static final int USER_HEAD = 1024;

  private V4l2Ioctl() {}

  /**
   * Frees the buffers and makes others: REQBUFS.
   *
   * @param memory a number, see {@link MemoryType}
   * @param count unsigned; 0 frees
   * @return how many there are
   * @throws DmaBufException as {@link VideoQueue#requestBuffers}
   */
  public static int requestBuffers(FileTable table, int device, int type, int memory, int count) {
    MemorySegment argument = segment(V4l2Request.REQBUFS);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.REQBUFS, argument);
    struct.setInt(BufferRequests.REQUEST_COUNT, count);
    struct.setInt(BufferRequests.REQUEST_TYPE, type);
    struct.setInt(BufferRequests.REQUEST_MEMORY, memory);
    table.ioctl(device, V4l2Request.REQBUFS, argument);
    return struct.getInt(BufferRequests.REQUEST_COUNT);
  }

  /**
   * Adds buffers for frames of the current format: CREATE_BUFS.
   *
   * @throws DmaBufException as {@link VideoQueue#createBuffers}
   */
  public static VideoQueue.Created createBuffers(
      FileTable table, int device, int type, int memory, int count) {
    V4l2Format format = V4l2FormatIoctl.get(table, device, type);
    return createBuffers(table, device, type, memory, count, format.sizes());
  }

  /**
   * Adds buffers of a size: CREATE_BUFS.
   *
   * @param sizes bytes of each plane
   * @throws DmaBufException as {@link VideoQueue#createBuffers}; EINVAL for fewer bytes than frames
   *     take
   */
  public static VideoQueue.Created createBuffers(
      FileTable table, int device, int type, int memory, int count, List<Long> sizes) {
    MemorySegment argument = segment(V4l2Request.CREATE_BUFS);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.CREATE_BUFS, argument);
    struct.setInt(BufferRequests.CREATE_COUNT, count);
    struct.setInt(BufferRequests.CREATE_MEMORY, memory);
    boolean multi = isMultiplanar(type);
    FormatStruct format = new FormatStruct(struct, BufferRequests.CREATE_FORMAT, multi);
    format.ask(type, 0, 0, 0, 0);
    for (int i = 0; i < sizes.size(); i++) {
      format.fillPlane(i, sizes.get(i), 0);
    }
    table.ioctl(device, V4l2Request.CREATE_BUFS, argument);
    return new VideoQueue.Created(
        struct.getInt(BufferRequests.CREATE_INDEX), struct.getInt(BufferRequests.CREATE_COUNT));
  }

  /** Removes buffers: REMOVE_BUFS; as {@link VideoQueue#removeBuffers}. */
  public static void removeBuffers(FileTable table, int device, int type, int first, int count) {
    MemorySegment argument = segment(V4l2Request.REMOVE_BUFS);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.REMOVE_BUFS, argument);
    struct.setInt(BufferRequests.REMOVE_INDEX, first);
    struct.setInt(BufferRequests.REMOVE_COUNT, count);
    struct.setInt(BufferRequests.REMOVE_TYPE, type);
    table.ioctl(device, V4l2Request.REMOVE_BUFS, argument);
  }

  /** Tells what a buffer is: QUERYBUF; as {@link VideoQueue#query}. */
  public static BufferStatus query(FileTable table, int device, int type, int index) {
    V4l2Buffer asked = new V4l2Buffer(type, 0, index, List.of(V4l2Buffer.Plane.NONE), 0, -1, 0);
    return status(table, device, V4l2Request.QUERYBUF, asked);
  }

  /** Maps a buffer for the device without giving it: PREPARE_BUF; as {@link VideoQueue#prepare}. */
  public static void prepare(FileTable table, int device, V4l2Buffer buffer) {
    call(table, device, V4l2Request.PREPARE_BUF, buffer, bufferSegment());
  }

  /**
   * Gives a buffer to the device: QBUF.
   *
   * @return the sync file for when it is done, when one was wanted
   * @throws DmaBufException as {@link VideoQueue#queue}; EMFILE
   */
  public static OptionalInt queue(FileTable table, int device, V4l2Buffer buffer) {
    return queue(table, device, buffer, bufferSegment());
  }

  /**
   * As {@link #queue(FileTable, int, V4l2Buffer)}, with memory of the program.
   *
   * @param memory what the planes' addresses lie in, behind {@link #USER_HEAD} bytes that are for
   *     the call; must live until the buffer is dequeued, and be one that all threads may use
   */
  public static OptionalInt queue(
      FileTable table, int device, V4l2Buffer buffer, MemorySegment memory) {
    IoctlStruct struct = call(table, device, V4l2Request.QBUF, buffer, memory);
    return buffer.wantsOutFence()
        ? OptionalInt.of(struct.getInt(BufferStruct.FENCE_FD))
        : OptionalInt.empty();
  }

  /**
   * Takes a finished buffer back: DQBUF; waits unless the file is open with O_NONBLOCK.
   *
   * @param memory a number, which is ignored
   * @throws DmaBufException as {@link VideoQueue#dequeue}
   */
  public static BufferStatus dequeue(FileTable table, int device, int type, int memory) {
    V4l2Buffer asked = new V4l2Buffer(type, memory, 0, List.of(V4l2Buffer.Plane.NONE), 0, -1, 0);
    return status(table, device, V4l2Request.DQBUF, asked);
  }

  /**
   * As {@link #dequeue}, with what the device knows of the frame.
   *
   * @throws DmaBufException as {@link VideoQueue#dequeueFrame}
   */
  public static CapturedBuffer dequeueFrame(FileTable table, int device, int type) {
    V4l2Buffer asked = new V4l2Buffer(type, 0, 0, List.of(V4l2Buffer.Plane.NONE), 0, -1, 0);
    MemorySegment argument = bufferSegment();
    BufferStatus status = status(table, device, V4l2Request.DQBUF_FRAME, asked, argument);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.DQBUF_FRAME, argument);
    return CapturedBuffer.of(status, NoteStruct.read(struct), NoteStruct.timestampNanos(struct));
  }

  /**
   * Makes a dma-buf of a plane: EXPBUF.
   *
   * @param flags O_CLOEXEC and an access mode
   * @return the descriptor
   * @throws DmaBufException as {@link QueueMapping#export}; EMFILE
   */
  public static int export(FileTable table, int device, int type, int index, int plane, int flags) {
    MemorySegment argument = segment(V4l2Request.EXPBUF);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.EXPBUF, argument);
    struct.setInt(BufferRequests.EXPORT_TYPE, type);
    struct.setInt(BufferRequests.EXPORT_INDEX, index);
    struct.setInt(BufferRequests.EXPORT_PLANE, plane);
    struct.setInt(BufferRequests.EXPORT_FLAGS, flags);
    table.ioctl(device, V4l2Request.EXPBUF, argument);
    return struct.getInt(BufferRequests.EXPORT_FD);
  }

  /** Begins a stream: STREAMON; as {@link VideoQueue#streamOn}. */
  public static void streamOn(FileTable table, int device, int type) {
    table.ioctl(device, V4l2Request.STREAMON, number(V4l2Request.STREAMON, type));
  }

  /** Ends a stream: STREAMOFF; as {@link VideoQueue#streamOff}. */
  public static void streamOff(FileTable table, int device, int type) {
    table.ioctl(device, V4l2Request.STREAMOFF, number(V4l2Request.STREAMOFF, type));
  }

  /** Sets how a queue fences; as {@link VideoQueue#setFencing}. */
  public static void setFencing(FileTable table, int device, int type, QueueFencing mode) {
    MemorySegment argument = number(V4l2Request.SET_FENCING, type);
    IoctlStruct.of(V4l2Request.SET_FENCING, argument)
        .setInt(BufferRequests.FENCING_MODE, mode.ordinal());
    table.ioctl(device, V4l2Request.SET_FENCING, argument);
  }

  private static IoctlStruct call(
      FileTable table, int device, int request, V4l2Buffer buffer, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    struct.setInt(BufferStruct.INDEX, buffer.index());
    struct.setInt(BufferStruct.TYPE, buffer.type());
    struct.setInt(BufferStruct.MEMORY, buffer.memory());
    struct.setInt(BufferStruct.FLAGS, flags(buffer));
    struct.setLong(BufferStruct.SECONDS, buffer.timestampNanos() / BufferStruct.NANOS);
    struct.setLong(
        BufferStruct.MICROSECONDS,
        buffer.timestampNanos() % BufferStruct.NANOS / BufferStruct.MICRO);
    struct.setInt(BufferStruct.FENCE_FD, buffer.inFence());
    if (isMultiplanar(buffer.type())) {
      boolean says = request == V4l2Request.QBUF || request == V4l2Request.PREPARE_BUF;
      struct.setLong(BufferStruct.PLACE, argument.address() + BufferStruct.BYTES);
      struct.setInt(BufferStruct.LENGTH, says ? buffer.planes().size() : BufferStruct.MOST_PLANES);
      IoctlStruct planes = planes(argument);
      for (int i = 0; i < buffer.planes().size(); i++) {
        fill(planes, i * BufferStruct.PLANE_BYTES, buffer.planes().get(i));
      }
    } else {
      V4l2Buffer.Plane plane = buffer.planes().getFirst();
      struct.setInt(BufferStruct.BYTESUSED, (int) plane.bytesUsed());
      struct.setInt(BufferStruct.LENGTH, (int) plane.length());
      struct.setLong(BufferStruct.PLACE, place(plane));
    }
    table.ioctl(device, request, argument);
    return struct;
  }

  /** The list of planes behind a buffer's structure. */
  private static IoctlStruct planes(MemorySegment argument) {
    long bytes = (long) BufferStruct.MOST_PLANES * BufferStruct.PLANE_BYTES;
    return IoctlStruct.at(argument, argument.address() + BufferStruct.BYTES, bytes);
  }

  private static void fill(IoctlStruct planes, int at, V4l2Buffer.Plane plane) {
    planes.setInt(at + BufferStruct.PLANE_BYTESUSED, (int) plane.bytesUsed());
    planes.setInt(at + BufferStruct.PLANE_LENGTH, (int) plane.length());
    planes.setLong(at + BufferStruct.PLANE_PLACE, place(plane));
    planes.setInt(at + BufferStruct.PLANE_DATA_OFFSET, plane.dataOffset());
  }

  private static long place(V4l2Buffer.Plane plane) {
    return plane.address() != 0 ? plane.address() : plane.fd() & 0xffff_ffffL;
  }

  private static int flags(V4l2Buffer buffer) {
    int in = buffer.inFence() >= 0 ? BufferStruct.IN_FENCE : 0;
    return in | buffer.flags();
  }

  private static BufferStatus status(FileTable table, int device, int request, V4l2Buffer asked) {
    return status(table, device, request, asked, bufferSegment());
  }

  private static BufferStatus status(
      FileTable table, int device, int request, V4l2Buffer asked, MemorySegment argument) {
    IoctlStruct struct = call(table, device, request, asked, argument);
    List<PlaneStatus> planes = new ArrayList<>();
    boolean mapped = struct.getInt(BufferStruct.MEMORY) == MemoryType.MMAP.number();
    if (isMultiplanar(asked.type())) {
      IoctlStruct list = planes(argument);
      for (int i = 0; i < struct.getInt(BufferStruct.LENGTH); i++) {
        int at = i * BufferStruct.PLANE_BYTES;
        planes.add(
            plane(
                list,
                at + BufferStruct.PLANE_LENGTH,
                at + BufferStruct.PLANE_BYTESUSED,
                at + BufferStruct.PLANE_PLACE,
                list.getInt(at + BufferStruct.PLANE_DATA_OFFSET),
                mapped));
      }
    } else {
      planes.add(
          plane(
              struct, BufferStruct.LENGTH, BufferStruct.BYTESUSED, BufferStruct.PLACE, 0, mapped));
    }
    return new BufferStatus(
        struct.getInt(BufferStruct.INDEX),
        MemoryType.of(struct.getInt(BufferStruct.MEMORY)).orElseThrow(),
        BufferStruct.flags(struct.getInt(BufferStruct.FLAGS)),
        Integer.toUnsignedLong(struct.getInt(BufferStruct.SEQUENCE)),
        struct.getLong(BufferStruct.SECONDS) * BufferStruct.NANOS
            + struct.getLong(BufferStruct.MICROSECONDS) * BufferStruct.MICRO,
        planes);
  }

  private static PlaneStatus plane(
      IoctlStruct struct, int length, int used, int place, int dataOffset, boolean mapped) {
    return new PlaneStatus(
        Integer.toUnsignedLong(struct.getInt(length)),
        Integer.toUnsignedLong(struct.getInt(used)),
        dataOffset,
        mapped ? struct.getLong(place) : 0,
        mapped ? 0 : struct.getLong(place));
  }

  private static boolean isMultiplanar(int type) {
    return QueueType.of(type).filter(QueueType::isMultiplanar).isPresent();
  }

  private static MemorySegment number(int request, int type) {
    MemorySegment argument = segment(request);
    IoctlStruct.of(request, argument).setInt(0, type);
    return argument;
  }

  static MemorySegment segment(int request) {
    return MemorySegment.ofArray(new byte[Ioctl.bytes(request)]);
  }

  private static MemorySegment bufferSegment() {
    return MemorySegment.ofArray(new byte[USER_HEAD]);
  }
}
