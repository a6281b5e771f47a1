package org.dmabuf.video.node;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueLimits;

/**
 * What a video device is. Plain data. Kernel counterpart: {@code struct v4l2_capability} and what
 * the driver's queues are made with.
 *
 * @param name the node's name, never null or empty
 * @param driver the driver's name, never null
 * @param role what it is for, never null
 * @param planes how programs describe buffers, never null
 * @param formats what frames it has, the default first; never null or empty
 * @param sizes which sizes, never null
 * @param limits how many buffers, never null
 * @param fencing how its queues fence until they are told otherwise, never null
 * @param periodNanos from frame to frame until it is told otherwise, in ns; 0 for as fast as
 *     possible
 * @param holding whether an output keeps its last buffer until it is given another, as a screen
 *     does
 * @param pitchAlign what every pitch is a multiple of until a program sets it, in bytes: a power of
 *     two, with which frames are laid out as the framework does; 0 for V4L2's arithmetic
 */
public record VideoNodeInfo(
    String name,
    String driver,
    NodeRole role,
    Planes planes,
    List<VideoPixels> formats,
    SizeRange sizes,
    QueueLimits limits,
    QueueFencing fencing,
    long periodNanos,
    Holding holding,
    int pitchAlign) {

  /** How programs describe buffers. */
  public enum Planes {
    /** By one plane of memory. */
    SINGLE,
    /** By a list of planes. */
    MULTI
  }

  /** What an output does with its last buffer. */
  public enum Holding {
    /** It gives it back as soon as it has read it. */
    NONE,
    /** It keeps it until there is another. */
    LAST
  }

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for no name, no formats, formats of several buffers where
   *     programs describe one, or a negative period
   */
  public VideoNodeInfo {
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(planes, "planes");
    Objects.requireNonNull(sizes, "sizes");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(fencing, "fencing");
    Objects.requireNonNull(holding, "holding");
    formats = List.copyOf(formats);
    boolean several = formats.stream().anyMatch(pixels -> pixels.buffers() > 1);
    if (name.isEmpty() || formats.isEmpty() || periodNanos < 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A video device '%s' of %s every %d ns; a name, formats and 0 or more would work"
              .formatted(name, formats, periodNanos));
    }
    if (several && planes == Planes.SINGLE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Video device %s describes one plane, and %s have several; formats of one, or MULTI"
              .formatted(name, formats));
    }
  }

  /** As the other, with frames laid out by V4L2's arithmetic. */
  public VideoNodeInfo(
      String name,
      String driver,
      NodeRole role,
      Planes planes,
      List<VideoPixels> formats,
      SizeRange sizes,
      QueueLimits limits,
      QueueFencing fencing,
      long periodNanos,
      Holding holding) {
    this(name, driver, role, planes, formats, sizes, limits, fencing, periodNanos, holding, 0);
  }

  /** Returns whether programs describe planes one by one. */
  public boolean isMultiplanar() {
    return planes == Planes.MULTI;
  }

  /**
   * Returns the format that is nearest to what was asked: what TRY_FMT answers.
   *
   * @param align what every pitch is a multiple of; 0 for V4L2's arithmetic, which formats of
   *     several buffers always have
   * @throws DmaBufException EINVAL for another alignment than a power of two
   */
  public FrameFormat nearest(int fourcc, int width, int height, int bytesPerLine, int align) {
    VideoPixels pixels =
        VideoPixels.ofFourcc(fourcc).filter(formats::contains).orElse(formats.getFirst());
    int most = sizes.maxWidth() * 4;
    int line = (int) Math.min(Integer.toUnsignedLong(bytesPerLine), most);
    int columns = sizes.width(width);
    int rows = sizes.height(height);
    return align == 0 || pixels.buffers() > 1
        ? FrameFormat.of(pixels, columns, rows, line)
        : FrameFormat.aligned(pixels, columns, rows, line, align);
  }

  /** Returns the format that it has until it is told otherwise: the first one, 640x360. */
  public FrameFormat initial() {
    return nearest(formats.getFirst().fourcc(), 640, 360, 0, pitchAlign);
  }
}
