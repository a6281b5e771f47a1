package org.dmabuf.video.queue;

import java.util.List;
import java.util.Set;

/**
 * What a queue says of a buffer. Plain data. Kernel counterpart: {@code struct v4l2_buffer}.
 *
 * @param index the buffer's index, 0 or more
 * @param memory whose memory it is, never null
 * @param flags what it is, never null
 * @param sequence which frame of its stream it holds, from 0; counted by the device
 * @param timestampNanos when it was finished, on the product's clock, or what went in with it, in
 *     ns; 0 until then
 * @param planes its planes, one or more, never null
 */
public record BufferStatus(
    int index,
    MemoryType memory,
    Set<BufferFlag> flags,
    long sequence,
    long timestampNanos,
    List<PlaneStatus> planes) {

  /** Copies the lists. */
  public BufferStatus {
    flags = Set.copyOf(flags);
    planes = List.copyOf(planes);
  }

  /** Returns whether the buffer has a flag. */
  public boolean is(BufferFlag flag) {
    return flags.contains(flag);
  }
}
