package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.TakenFrame;
import org.dmabuf.video.queue.VideoQueue;

/**
 * The requests about buffers.
 *
 * <pre>
 *   REQBUFS       0 count | 4 type | 8 memory | 12 capabilities
 *   CREATE_BUFS   0 index | 4 count | 8 memory | 16 format | 224 capabilities | 232 most buffers
 *   REMOVE_BUFS   0 index | 4 count | 8 type
 *   EXPBUF        0 type | 4 index | 8 plane | 12 flags | 16 fd
 *   STREAMON      0 type
 *   SET_FENCING   0 type | 4 mode (0 none, 1 implicit, 2 explicit)
 * </pre>
 *
 * <p>Kernel counterpart: {@code videobuf2-v4l2.c}.
 */
final class BufferRequests {
  static final int REQUEST_COUNT = 0;
  static final int REQUEST_TYPE = 4;
  static final int REQUEST_MEMORY = 8;
  private static final int REQUEST_CAPABILITIES = 12;
  static final int CREATE_INDEX = 0;
  static final int CREATE_COUNT = 4;
  static final int CREATE_MEMORY = 8;
  static final int CREATE_FORMAT = 16;
  private static final int CREATE_CAPABILITIES = 224;
  private static final int CREATE_MOST = 232;
  static final int REMOVE_INDEX = 0;
  static final int REMOVE_COUNT = 4;
  static final int REMOVE_TYPE = 8;
  static final int EXPORT_TYPE = 0;
  static final int EXPORT_INDEX = 4;
  static final int EXPORT_PLANE = 8;
  static final int EXPORT_FLAGS = 12;
  static final int EXPORT_FD = 16;
  static final int FENCING_MODE = 4;

  /** MMAP, USERPTR, DMABUF, orphaned buffers, REMOVE_BUFS, and that the most is told. */
  private static final int CAPABILITIES = 0x1 | 0x2 | 0x4 | 0x10 | 0x80 | 0x100;

  private final NodeContext context;
  private final NodeFile file;

  BufferRequests(NodeContext context, NodeFile file) {
    this.context = context;
    this.file = file;
  }

  void request(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(REQUEST_TYPE));
    struct.setInt(REQUEST_CAPABILITIES, CAPABILITIES);
    int count =
        queue.requestBuffers(
            file,
            MemoryType.of(struct.getInt(REQUEST_MEMORY)),
            struct.getInt(REQUEST_COUNT),
            context.format(queue.type()).sizes(),
            caller.account());
    struct.setInt(REQUEST_COUNT, count);
  }

  void create(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(CREATE_FORMAT + FormatStruct.TYPE));
    FormatStruct format = new FormatStruct(struct, CREATE_FORMAT, queue.type().isMultiplanar());
    struct.setInt(CREATE_CAPABILITIES, CAPABILITIES);
    struct.setInt(CREATE_MOST, queue.limits().most());
    int wanted = struct.getInt(CREATE_COUNT);
    Optional<MemoryType> memory = MemoryType.of(struct.getInt(CREATE_MEMORY));
    long[] sizes = wanted == 0 || memory.isEmpty() ? new long[0] : sizes(queue, format);
    VideoQueue.Created made = queue.createBuffers(file, memory, wanted, sizes, caller.account());
    struct.setInt(CREATE_INDEX, made.index());
    struct.setInt(CREATE_COUNT, made.count());
  }

  /** What each plane is to have, which is no less than frames of the current format take. */
  private long[] sizes(VideoQueue queue, FormatStruct asked) {
    FrameFormat current = context.format(queue.type());
    long[] sizes = new long[current.buffers()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = asked.size(i);
      if (sizes[i] < current.size(i)) {
        throw context.error(
            Errno.EINVAL,
            "was asked for buffers of %d bytes in plane %d; %s takes %d",
            sizes[i],
            i,
            current,
            current.size(i));
      }
    }
    return sizes;
  }

  void remove(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    context
        .queue(struct.getInt(REMOVE_TYPE))
        .removeBuffers(file, struct.getInt(REMOVE_INDEX), struct.getInt(REMOVE_COUNT));
  }

  void query(FileTable caller, int request, MemorySegment argument) {
    VideoQueue queue = context.queue(BufferStruct.type(request, argument));
    BufferStruct struct = new BufferStruct(request, argument, queue.type().isMultiplanar());
    struct.fill(queue.query(struct.index()));
  }

  void prepare(FileTable caller, int request, MemorySegment argument) {
    VideoQueue queue = context.queue(BufferStruct.type(request, argument));
    BufferStruct struct = new BufferStruct(request, argument, queue.type().isMultiplanar());
    queue.prepare(file, struct.request(caller));
    struct.fill(queue.query(struct.index()));
  }

  void queue(FileTable caller, int request, MemorySegment argument) {
    VideoQueue queue = context.queue(BufferStruct.type(request, argument));
    BufferStruct struct = new BufferStruct(request, argument, queue.type().isMultiplanar());
    int index = struct.index();
    Optional<DmaFence> fence = queue.queue(file, struct.request(caller));
    // It is queued: a driver that leaves right now takes it along, and that is no error of this
    // call.
    queue.find(index).ifPresent(struct::fill);
    struct.setFence(fence.map(made -> new SyncFile(made).install(caller)).orElse(-1));
  }

  /** May wait; the driver can leave meanwhile, which ends the wait. */
  void dequeue(FileTable caller, int request, MemorySegment argument) {
    VideoQueue queue = context.queue(BufferStruct.type(request, argument));
    BufferStruct struct = new BufferStruct(request, argument, queue.type().isMultiplanar());
    struct.checkPlanes(context.format(queue.type()).buffers());
    BufferStatus status = queue.dequeue(file, file.waits());
    struct.fill(status);
    struct.clearDone();
  }

  /** As {@link #dequeue}, with what the device knows of the frame. */
  void dequeueFrame(FileTable caller, int request, MemorySegment argument) {
    VideoQueue queue = context.queue(BufferStruct.type(request, argument));
    BufferStruct struct = new BufferStruct(request, argument, queue.type().isMultiplanar());
    struct.checkPlanes(context.format(queue.type()).buffers());
    TakenFrame taken = queue.dequeueFrame(file, file.waits());
    struct.fill(taken.status());
    struct.clearDone();
    NoteStruct.fill(request, argument, taken);
  }

  void export(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(EXPORT_TYPE));
    int flags = struct.getInt(EXPORT_FLAGS);
    struct.setInt(EXPORT_FD, -1); // who cannot be told the descriptor gets none
    DmaBuf buffer =
        queue
            .mapping()
            .export(file, struct.getInt(EXPORT_INDEX), struct.getInt(EXPORT_PLANE), flags);
    try {
      struct.setInt(
          EXPORT_FD, context.registry().fd(buffer, caller, (flags & OpenFlags.O_CLOEXEC) != 0));
    } catch (DmaBufException full) {
      buffer.close();
      throw full;
    }
  }

  void streamOn(FileTable caller, int request, MemorySegment argument) {
    context.queue(IoctlStruct.of(request, argument).getInt(0)).streamOn(file);
  }

  void streamOff(FileTable caller, int request, MemorySegment argument) {
    context.queue(IoctlStruct.of(request, argument).getInt(0)).streamOff(file);
  }

  void setFencing(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(0));
    int mode = struct.getInt(FENCING_MODE);
    if (mode < 0 || mode >= QueueFencing.values().length) {
      throw context.error(Errno.EINVAL, "was to fence by mode %d; 0 to 2 would work", mode);
    }
    queue.setFencing(file, QueueFencing.values()[mode]);
  }
}
