package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.video.queue.QueueType;

/**
 * The requests of a video device about what it is and what its frames look like, each with one
 * call; their errors are those that {@link V4l2Ioctl} names, and what stands here.
 */
public final class V4l2FormatIoctl {
  private static final int MOST_FORMATS = 256;

  private V4l2FormatIoctl() {}

  /**
   * What a device is.
   *
   * @param driver the driver's name, never null
   * @param card the device's name, never null
   * @param capabilities of this node: {@code V4L2_CAP_*}
   */
  public record Capabilities(String driver, String card, int capabilities) {
    /** Returns the types of queues that it has, never null. */
    public List<QueueType> queues() {
      List<QueueType> types = new ArrayList<>();
      for (NodeRole role : NodeRole.values()) {
        addTypes(types, role, false);
        addTypes(types, role, true);
      }
      return types;
    }

    private void addTypes(List<QueueType> types, NodeRole role, boolean multi) {
      if ((capabilities & role.capability(multi)) == 0) {
        return;
      }
      if (role != NodeRole.CAPTURE) {
        types.add(multi ? QueueType.OUTPUT_MPLANE : QueueType.OUTPUT);
      }
      if (role != NodeRole.OUTPUT) {
        types.add(multi ? QueueType.CAPTURE_MPLANE : QueueType.CAPTURE);
      }
    }
  }

  /** Tells what a device is: QUERYCAP. */
  public static Capabilities capabilities(FileTable table, int device) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.QUERYCAP);
    table.ioctl(device, V4l2Request.QUERYCAP, argument);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.QUERYCAP, argument);
    return new Capabilities(
        struct.getText(FormatRequests.CAP_DRIVER, 16),
        struct.getText(FormatRequests.CAP_CARD, 32),
        struct.getInt(FormatRequests.CAP_NODE));
  }

  /** Tells the codes of the formats of a queue, in the device's order: ENUM_FMT. */
  public static List<Integer> formats(FileTable table, int device, int type) {
    List<Integer> codes = new ArrayList<>();
    while (codes.size() < MOST_FORMATS) {
      MemorySegment argument = V4l2Ioctl.segment(V4l2Request.ENUM_FMT);
      IoctlStruct struct = IoctlStruct.of(V4l2Request.ENUM_FMT, argument);
      struct.setInt(FormatRequests.ENUM_INDEX, codes.size());
      struct.setInt(FormatRequests.ENUM_TYPE, type);
      try {
        table.ioctl(device, V4l2Request.ENUM_FMT, argument);
      } catch (DmaBufException end) {
        if (end.errno() != Errno.EINVAL || codes.isEmpty()) {
          throw end;
        }
        break;
      }
      codes.add(struct.getInt(FormatRequests.ENUM_PIXELFORMAT));
    }
    return codes;
  }

  /**
   * Tells the sizes of a format: ENUM_FRAMESIZES.
   *
   * @throws DmaBufException EINVAL for a format that the device does not have
   */
  public static SizeRange sizes(FileTable table, int device, int fourcc) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.ENUM_FRAMESIZES);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.ENUM_FRAMESIZES, argument);
    struct.setInt(FormatRequests.SIZES_PIXELFORMAT, fourcc);
    table.ioctl(device, V4l2Request.ENUM_FRAMESIZES, argument);
    return new SizeRange(
        struct.getInt(FormatRequests.SIZES_MIN_WIDTH),
        struct.getInt(FormatRequests.SIZES_MIN_WIDTH + 4),
        struct.getInt(FormatRequests.SIZES_MIN_HEIGHT),
        struct.getInt(FormatRequests.SIZES_MIN_HEIGHT + 4));
  }

  /** Tells the format that is set: G_FMT. */
  public static V4l2Format get(FileTable table, int device, int type) {
    return call(table, device, V4l2Request.G_FMT, type, 0, 0, 0, 0);
  }

  /** Tells what {@link #set} would set: TRY_FMT. */
  public static V4l2Format attempt(
      FileTable table, int device, int type, int width, int height, int fourcc) {
    return call(table, device, V4l2Request.TRY_FMT, type, width, height, fourcc, 0);
  }

  /**
   * Sets the format there is that is nearest to what is asked: S_FMT.
   *
   * @param width pixels, unsigned
   * @param height rows, unsigned
   * @param fourcc V4L2's code
   * @return what is set, never null
   * @throws DmaBufException EBUSY while there are buffers, whoever has them
   */
  public static V4l2Format set(
      FileTable table, int device, int type, int width, int height, int fourcc) {
    return set(table, device, type, width, height, fourcc, 0);
  }

  /** As {@link #set(FileTable, int, int, int, int, int)}, with longer rows where there are some. */
  public static V4l2Format set(
      FileTable table, int device, int type, int width, int height, int fourcc, int bytesPerLine) {
    return call(table, device, V4l2Request.S_FMT, type, width, height, fourcc, bytesPerLine);
  }

  private static V4l2Format call(
      FileTable table,
      int device,
      int request,
      int type,
      int width,
      int height,
      int fourcc,
      int bytesPerLine) {
    MemorySegment argument = V4l2Ioctl.segment(request);
    boolean multi = QueueType.of(type).filter(QueueType::isMultiplanar).isPresent();
    FormatStruct struct = new FormatStruct(IoctlStruct.of(request, argument), 0, multi);
    struct.ask(type, width, height, fourcc, bytesPerLine);
    table.ioctl(device, request, argument);
    List<Integer> pitches = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < struct.buffers(); i++) {
      pitches.add(struct.bytesPerLine(i));
      sizes.add(struct.size(i));
    }
    return new V4l2Format(struct.fourcc(), struct.width(), struct.height(), pitches, sizes);
  }

  /**
   * Has frames laid out as the framework does, see {@link FrameFormat#aligned}: SET_PITCH_ALIGN.
   *
   * @param bytes what every pitch is to be a multiple of: a power of two; 0 for what the device
   *     began with
   * @return what it is now: the device may need more
   * @throws DmaBufException EBUSY while there are buffers; EINVAL for another number
   */
  public static int setPitchAlign(FileTable table, int device, int type, int bytes) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.SET_PITCH_ALIGN);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.SET_PITCH_ALIGN, argument);
    struct.setInt(0, type);
    struct.setInt(FormatRequests.ALIGN_BYTES, bytes);
    table.ioctl(device, V4l2Request.SET_PITCH_ALIGN, argument);
    return struct.getInt(FormatRequests.ALIGN_BYTES);
  }

  /**
   * Sets the rate: S_PARM.
   *
   * @param frames in so many seconds; 0 for as fast as possible
   * @throws DmaBufException EBUSY while streaming; ENOTTY for a device without a rate
   */
  public static void setRate(FileTable table, int device, int type, int frames, int seconds) {
    MemorySegment argument = V4l2Ioctl.segment(V4l2Request.S_PARM);
    IoctlStruct struct = IoctlStruct.of(V4l2Request.S_PARM, argument);
    struct.setInt(0, type);
    struct.setInt(FormatRequests.PARM_SECONDS, seconds);
    struct.setInt(FormatRequests.PARM_FRAMES, frames);
    table.ioctl(device, V4l2Request.S_PARM, argument);
  }
}
