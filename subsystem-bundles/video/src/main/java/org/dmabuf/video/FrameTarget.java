package org.dmabuf.video;

import java.nio.channels.ReadableByteChannel;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;

/**
 * The memory that a source fills with one frame, with its layout and the name of the driver that it
 * belongs to.
 *
 * <p>Kernel counterpart: the planes of a {@code struct vb2_buffer} while it is with the driver.
 */
public final class FrameTarget {
  private final FrameView view;
  private final FrameLayout layout;
  private final String writer;

  /**
   * Makes a target.
   *
   * @param view the memory, at least as large as the layout; never null
   * @param layout where the planes lie in it, never null
   * @param writer name and version of the driver that writes, such as {@code "v4l2 1.0.1"}; a test
   *     pattern shows it; never null
   * @throws DmaBufException EINVAL when the layout does not fit into the view
   */
  public FrameTarget(FrameView view, FrameLayout layout, String writer) {
    this.view = Objects.requireNonNull(view, "view");
    this.layout = Objects.requireNonNull(layout, "layout");
    this.writer = Objects.requireNonNull(writer, "writer");
    if (layout.size() > view.size()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A frame of %s does not fit into a buffer of %d bytes".formatted(layout, view.size()));
    }
  }

  /** Returns the memory, never null. */
  public FrameView view() {
    return view;
  }

  /** Returns where the planes lie in the memory, never null. */
  public FrameLayout layout() {
    return layout;
  }

  /** Returns name and version of the driver that writes, never null. */
  public String writer() {
    return writer;
  }

  /** Returns the same target, what is written to which counts as converted. */
  public FrameTarget converting() {
    return new FrameTarget(view.converting(), layout, writer);
  }

  /**
   * Writes one row of one plane; the padding after it stays as it is.
   *
   * @param plane the plane's index
   * @param y the row in this plane, from 0
   * @param row holds the row's bytes, never null
   * @param from where they begin in {@code row}
   * @throws DmaBufException EINVAL when there is no such row, or {@code row} holds too few bytes
   */
  public void writeRow(int plane, int y, byte[] row, int from) {
    FrameLayout.Plane p = plane(plane, y);
    view.write(p.offset() + (long) p.pitch() * y, row, from, p.rowBytes());
  }

  /**
   * Reads all samples of the frame from a channel straight into the memory: plane after plane, row
   * after row, without padding in the channel.
   *
   * @param channel a channel in blocking mode, never null
   * @return the bytes read; fewer than all samples have only at the channel's end
   * @throws DmaBufException as {@link FrameView#readFrom}
   */
  public long readFrame(ReadableByteChannel channel) {
    if (layout.isDense()) {
      return view.readFrom(channel, 0, layout.size());
    }
    long done = 0;
    for (int plane = 0; plane < layout.planes().size(); plane++) {
      FrameLayout.Plane p = layout.planes().get(plane);
      long got = readPlane(plane, channel);
      done += got;
      if (got < (long) p.rowBytes() * p.rows()) {
        break;
      }
    }
    return done;
  }

  /**
   * Reads the samples of one plane from a channel straight into the memory.
   *
   * @param plane the plane's index
   * @param channel a channel in blocking mode, without padding; never null
   * @return the bytes read; fewer than all samples only at the channel's end
   * @throws DmaBufException EINVAL when there is no such plane, else as {@link FrameView#readFrom}
   */
  public long readPlane(int plane, ReadableByteChannel channel) {
    FrameLayout.Plane p = plane(plane, 0);
    if (p.pitch() == p.rowBytes()) {
      return view.readFrom(channel, p.offset(), p.size());
    }
    long done = 0;
    for (int y = 0; y < p.rows(); y++) {
      long got = readRow(plane, y, channel);
      done += got;
      if (got < p.rowBytes()) {
        break;
      }
    }
    return done;
  }

  /**
   * Reads one row of one plane from a channel straight into the memory.
   *
   * @param plane the plane's index
   * @param y the row in this plane, from 0
   * @param channel a channel in blocking mode, never null
   * @return the bytes read; fewer than the row has only at the channel's end
   * @throws DmaBufException EINVAL when there is no such row, else as {@link FrameView#readFrom}
   */
  public long readRow(int plane, int y, ReadableByteChannel channel) {
    FrameLayout.Plane p = plane(plane, y);
    return view.readFrom(channel, p.offset() + (long) p.pitch() * y, p.rowBytes());
  }

  private FrameLayout.Plane plane(int plane, int y) {
    if (plane < 0 || plane >= layout.planes().size()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A frame of %s has no plane %d; it has %d"
              .formatted(layout, plane, layout.planes().size()));
    }
    FrameLayout.Plane p = layout.planes().get(plane);
    if (y < 0 || y >= p.rows()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Plane %d of a frame of %s has no row %d; it has %d"
              .formatted(plane, layout, y, p.rows()));
    }
    return p;
  }
}
