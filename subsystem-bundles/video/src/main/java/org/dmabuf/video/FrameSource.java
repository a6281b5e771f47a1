package org.dmabuf.video;

import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where a capture device takes its frames from; an OSGi service whose property {@link #NAME} is its
 * name. The position belongs to the source, so a capture driver that replaces another goes on where
 * its predecessor was.
 *
 * <pre>
 *            read(target) -> i                delivered(i)
 *   at i  ----------------------->  read i  ---------------->  at i+1
 *                                   |    ^
 *                                   +----+  read(target) -> i again: same frame
 * </pre>
 *
 * <p>Safe for all threads: one reader at a time (another one waits), {@link #delivered} from any
 * thread.
 */
@ConsumerType
public interface FrameSource {
  /** Service property: the source's name, a String. */
  String NAME = "dmabuf.source";

  /** Returns what this source delivers; never null, always the same. */
  SourceInfo info();

  /**
   * Fills the target with the frame at the source's position, which does not move. May block when
   * the source is live or a stream.
   *
   * @param target what is filled, never null; its layout has the format and the size of {@link
   *     #info}, with any pitch
   * @return the frame's index (0, 1, 2, …; a live source leaves out those it dropped); empty at the
   *     end
   * @throws DmaBufException EIO when this frame cannot be produced (after {@link #delivered} of its
   *     index, which is the position, the source goes on with the next one); EPIPE when the source
   *     ended broken and cannot go on; EINTR when the thread was interrupted while it waited, and
   *     the call may be repeated; EINVAL when the target is not of this source's format or size;
   *     ENODEV when the source is closed
   */
  OptionalLong read(FrameTarget target);

  /**
   * Tells that the frame of that index was handed out, or given up after EIO: the position moves
   * past it. Telling it again changes nothing.
   *
   * @param index what {@link #read} returned, or {@link #position} after it threw EIO
   * @throws DmaBufException EINVAL when a frame of that index was not yet read
   */
  void delivered(long index);

  /** Returns the index of the frame that {@link #read} would produce, or has produced. */
  long position();

  /** Returns the frames that a live source had to drop so far; 0 for others. */
  long dropped();
}
