package org.dmabuf.media;

import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;

/**
 * Produces frames by index; {@link PositionedSource} adds position, locking and pace.
 *
 * <p>{@link #read} is called by one thread at a time, {@link #close} and {@link #passed} by any.
 */
interface FrameReader extends AutoCloseable {
  SourceInfo info();

  /**
   * Fills the target with a frame; the same index may be asked for again until it was passed.
   *
   * @return false at the end
   * @throws org.dmabuf.DmaBufException EIO, EPIPE, EINTR as {@link org.dmabuf.video.FrameSource}
   */
  boolean read(long index, FrameTarget target);

  /** Tells that the frame of this index will not be asked for again. */
  default void passed(long index) {}

  @Override
  void close();
}
