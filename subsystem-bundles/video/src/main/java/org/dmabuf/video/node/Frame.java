package org.dmabuf.video.node;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.FrameResult;
import org.dmabuf.video.queue.VideoBuffer;

/**
 * A buffer that its device has, seen as a frame of a format. Belongs to the call that it is given
 * to.
 */
public final class Frame {
  private final FrameFormat format;
  private final VideoBuffer buffer;
  private final long number;
  private FrameNote note = FrameNote.NONE;
  private Runnable accepted = () -> {};

  Frame(FrameFormat format, VideoBuffer buffer, long number) {
    this.format = format;
    this.buffer = buffer;
    this.number = number;
  }

  /** Returns what it looks like, never null. */
  public FrameFormat format() {
    return format;
  }

  /** Returns which frame of its stream it is, from 0. */
  public long number() {
    return number;
  }

  /** Returns the time that came with it, in ns; 0 for one that is to be written. */
  public long timestampNanos() {
    return buffer.timestampNanos();
  }

  /** Returns the memory of a plane of samples, from its plane of memory's beginning. */
  public FrameView view(int part) {
    return buffer.view(format.parts().get(part).buffer());
  }

  /** Returns where in {@link #view} the rows of a plane of samples begin, in bytes. */
  public long offset(int part) {
    FrameFormat.Part place = format.parts().get(part);
    return place.offset() + buffer.dataOffset(place.buffer());
  }

  /**
   * Says what V4L2 does not tell of this frame.
   *
   * @param what never null
   * @param whenAccepted called once the frame is accepted and its fence completed, before its
   *     buffer can be dequeued, with no lock held; not at all when a stop came first, so that the
   *     frame is to be made again; never null
   */
  public void note(FrameNote what, Runnable whenAccepted) {
    note = Objects.requireNonNull(what, "what");
    accepted = Objects.requireNonNull(whenAccepted, "whenAccepted");
  }

  FrameNote note() {
    return note;
  }

  /** Tells the driver; its mistakes end here. */
  void accepted() {
    FrameStep.guarded(
        format.toString(),
        "acceptance",
        () -> {
          accepted.run();
          return FrameResult.Outcome.DONE;
        });
  }

  /**
   * Writes a row of a plane of samples.
   *
   * @param row at least as many bytes as the row has from {@code from} on, never null
   * @throws DmaBufException EINVAL when there is no such row or too few bytes; EACCES for a frame
   *     that is read
   */
  public void writeRow(int part, int y, byte[] row, int from) {
    FrameFormat.Part place = checked(part, y);
    view(part).write(offset(part) + (long) place.pitch() * y, row, from, place.rowBytes());
  }

  /**
   * Reads a row of a plane of samples.
   *
   * @param row room for as many bytes as the row has from {@code from} on, never null
   * @throws DmaBufException EINVAL when there is no such row or too little room
   */
  public void readRow(int part, int y, byte[] row, int from) {
    FrameFormat.Part place = checked(part, y);
    view(part).read(offset(part) + (long) place.pitch() * y, row, from, place.rowBytes());
  }

  private FrameFormat.Part checked(int part, int y) {
    FrameFormat.Part place = format.parts().get(part);
    if (y < 0 || y >= place.rows()) {
      throw new DmaBufException(
          Errno.EINVAL, "Plane %d of %s has no row %d".formatted(part, format, y));
    }
    return place;
  }
}
