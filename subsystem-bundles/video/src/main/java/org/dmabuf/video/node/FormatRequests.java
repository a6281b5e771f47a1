package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.video.queue.VideoQueue;

/**
 * The requests about what a device is and what its frames look like.
 *
 * <pre>
 *   QUERYCAP          0 driver[16] | 16 card[32] | 48 bus[32] | 80 version | 84 capabilities
 *                     | 88 those of this node
 *   ENUM_FMT          0 index | 4 type | 8 flags | 12 description[32] | 44 pixelformat
 *   ENUM_FRAMESIZES   0 index | 4 pixelformat | 8 type (2 continuous)
 *                     | 12 least, greatest width, step | 24 height alike
 *   G_PARM            0 type | 4 capability | 12 seconds | 16 frames
 *   SET_PITCH_ALIGN   0 type | 4 bytes
 * </pre>
 */
final class FormatRequests {
  private static final int CAP_STREAMING = 0x0400_0000;
  private static final int CAP_READWRITE = 0x0100_0000;
  private static final int CAP_EXT_PIX_FORMAT = 0x0020_0000;
  private static final int CAP_DEVICE_CAPS = 0x8000_0000;
  private static final int TIME_PER_FRAME = 0x1000;
  private static final int VERSION = 6 << 16 | 12 << 8;
  private static final int CONTINUOUS = 2;
  private static final long NANOS = 1_000_000_000L;

  static final int CAP_DRIVER = 0;
  static final int CAP_CARD = 16;
  static final int CAP_BUS = 48;
  static final int CAP_VERSION = 80;
  static final int CAP_ALL = 84;
  static final int CAP_NODE = 88;
  static final int ENUM_INDEX = 0;
  static final int ENUM_TYPE = 4;
  static final int ENUM_DESCRIPTION = 12;
  static final int ENUM_PIXELFORMAT = 44;
  static final int SIZES_PIXELFORMAT = 4;
  static final int SIZES_TYPE = 8;
  static final int SIZES_MIN_WIDTH = 12;
  static final int SIZES_MIN_HEIGHT = 24;
  static final int PARM_CAPABILITY = 4;
  static final int PARM_SECONDS = 12;
  static final int PARM_FRAMES = 16;
  static final int ALIGN_BYTES = 4;

  private final NodeContext context;

  FormatRequests(NodeContext context) {
    this.context = context;
  }

  void queryCapabilities(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoNodeInfo info = context.info();
    struct.setText(CAP_DRIVER, 16, info.driver());
    struct.setText(CAP_CARD, 32, info.name());
    struct.setText(CAP_BUS, 32, "platform:" + info.name());
    struct.setInt(CAP_VERSION, VERSION);
    int files = info.role() == NodeRole.CONVERTER ? 0 : CAP_READWRITE;
    int node =
        info.role().capability(info.isMultiplanar()) | CAP_STREAMING | CAP_EXT_PIX_FORMAT | files;
    struct.setInt(CAP_ALL, node | CAP_DEVICE_CAPS);
    struct.setInt(CAP_NODE, node);
  }

  void enumerate(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    context.queue(struct.getInt(ENUM_TYPE));
    int index = struct.getInt(ENUM_INDEX);
    if (index < 0 || index >= context.info().formats().size()) {
      throw context.error(
          Errno.EINVAL, "has no format %d; it has %s", index, context.info().formats());
    }
    VideoPixels pixels = context.info().formats().get(index);
    struct.setText(ENUM_DESCRIPTION, 32, pixels.description());
    struct.setInt(ENUM_PIXELFORMAT, pixels.fourcc());
  }

  void enumerateSizes(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    int fourcc = struct.getInt(SIZES_PIXELFORMAT);
    boolean known =
        VideoPixels.ofFourcc(fourcc).filter(context.info().formats()::contains).isPresent();
    if (!known || struct.getInt(ENUM_INDEX) != 0) {
      throw context.error(
          Errno.EINVAL,
          "has no sizes %d of format 0x%x; formats %s have one range each",
          struct.getInt(ENUM_INDEX),
          fourcc,
          context.info().formats());
    }
    SizeRange sizes = context.info().sizes();
    struct.setInt(SIZES_TYPE, CONTINUOUS);
    fill(struct, SIZES_MIN_WIDTH, sizes.minWidth(), sizes.maxWidth());
    fill(struct, SIZES_MIN_HEIGHT, sizes.minHeight(), sizes.maxHeight());
  }

  private static void fill(IoctlStruct struct, int at, int least, int greatest) {
    struct.setInt(at, least);
    struct.setInt(at + 4, greatest);
    struct.setInt(at + 8, 1);
  }

  void get(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(FormatStruct.TYPE));
    format(struct, queue).fill(context.format(queue.type()));
  }

  void attempt(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(FormatStruct.TYPE));
    FormatStruct format = format(struct, queue);
    format.fill(format.nearest(context.info(), context.pitchAlign(queue.type())));
  }

  void set(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(FormatStruct.TYPE));
    FormatStruct format = format(struct, queue);
    FrameFormat nearest = format.nearest(context.info(), context.pitchAlign(queue.type()));
    context.check(nearest);
    context.setFormat(queue, nearest);
    format.fill(nearest);
  }

  /** Lays frames out anew as the framework does, or by V4L2's arithmetic. */
  void setPitchAlign(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = context.queue(struct.getInt(0));
    int align = Math.max(struct.getInt(ALIGN_BYTES), context.info().pitchAlign());
    FrameFormat now = context.format(queue.type());
    FrameFormat aligned =
        context.info().nearest(now.pixels().fourcc(), now.width(), now.height(), 0, align);
    context.setPitchAlign(queue, align, aligned);
    struct.setInt(ALIGN_BYTES, align);
  }

  private static FormatStruct format(IoctlStruct struct, VideoQueue queue) {
    return new FormatStruct(struct, 0, queue.type().isMultiplanar());
  }

  void getRate(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    paced(struct);
    fillRate(struct, context.periodNanos());
  }

  /** Sets the rate; 0 frames in 0 seconds means as fast as possible. */
  void setRate(FileTable caller, int request, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(request, argument);
    VideoQueue queue = paced(struct);
    long seconds = Integer.toUnsignedLong(struct.getInt(PARM_SECONDS));
    long frames = Integer.toUnsignedLong(struct.getInt(PARM_FRAMES));
    if (queue.isStreaming()) {
      throw context.error(Errno.EBUSY, "streams and keeps its rate; switch the stream off first");
    }
    context.setPeriodNanos(frames == 0 ? 0 : seconds * NANOS / frames);
    fillRate(struct, context.periodNanos());
  }

  /** ENOTTY for a device that has no rate of its own. */
  private VideoQueue paced(IoctlStruct struct) {
    VideoQueue queue = context.queue(struct.getInt(0));
    if (context.info().role() == NodeRole.CONVERTER) {
      throw context.error(Errno.ENOTTY, "has no rate; it works when it is given frames");
    }
    return queue;
  }

  private static void fillRate(IoctlStruct struct, long period) {
    struct.setInt(PARM_CAPABILITY, TIME_PER_FRAME);
    int micros = (int) Math.min(period / 1000, Integer.MAX_VALUE);
    struct.setInt(PARM_SECONDS, micros);
    struct.setInt(PARM_FRAMES, period == 0 ? 0 : 1_000_000);
  }
}
