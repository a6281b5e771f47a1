package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Segments of memory, one after the other, as one run of bytes: which of them an offset lies in,
 * and values that lie across the border of two.
 *
 * <pre>
 *   offset    0          4096                 12288      size()
 *   segments  |    0     |         1          |    2     |
 *   values    ...][][][][  ][][][]...                      one that is in both is put together
 * </pre>
 *
 * <p>Checks no range and counts nothing: {@link FrameView} has done the one and does the other.
 * Never changes; for all threads.
 */
final class SegmentRun {
  /** What one step of a walk gets at most: a buffer's length is an int. */
  private static final long CHUNK = 1L << 30;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What is done with one contiguous part; returns how much of it, less than all ends the walk. */
  @FunctionalInterface
  interface Step {
    long apply(MemorySegment segment, long at, long part, long done);
  }

  private final MemorySegment[] segments;
  private final long[] starts;
  private final long uniform;
  private final long size;
  private final boolean readOnly;

  SegmentRun(List<MemorySegment> segments) {
    this.segments = segments.toArray(MemorySegment[]::new);
    this.starts = new long[this.segments.length];
    long offset = 0;
    boolean anyReadOnly = false;
    for (int i = 0; i < starts.length; i++) {
      long length = this.segments[i].byteSize();
      if (length < 1) {
        throw new DmaBufException(
            Errno.EINVAL, "Segment " + i + " of a frame view is empty; each needs a byte or more");
      }
      starts[i] = offset;
      offset = Math.addExact(offset, length);
      anyReadOnly |= this.segments[i].isReadOnly();
    }
    if (offset == 0) {
      throw new DmaBufException(Errno.EINVAL, "A frame view needs one segment of memory or more");
    }
    this.size = offset;
    this.readOnly = anyReadOnly;
    this.uniform = uniformLength(this.segments);
  }

  /** The length of all segments but the last, when they are alike, so that a division finds one. */
  private static long uniformLength(MemorySegment[] segments) {
    long length = segments[0].byteSize();
    for (int i = 1; i < segments.length - 1; i++) {
      if (segments[i].byteSize() != length) {
        return 0;
      }
    }
    return segments[segments.length - 1].byteSize() <= length ? length : 0;
  }

  long size() {
    return size;
  }

  /** Tells whether one of the segments is read-only. */
  boolean isReadOnly() {
    return readOnly;
  }

  /** Returns how many bytes there are from one to the end of the segment that it lies in. */
  long contiguous(long offset) {
    int index = find(offset);
    return segments[index].byteSize() - (offset - starts[index]);
  }

  /** Returns the segment that a byte lies in. */
  MemorySegment at(long offset) {
    return segments[find(offset)];
  }

  /** Returns where in its segment a byte lies. */
  long placeInSegment(long offset) {
    return offset - starts[find(offset)];
  }

  void write(long offset, byte[] src, int from, int length) {
    int done = 0;
    while (done < length) {
      int index = find(offset + done);
      MemorySegment segment = segments[index];
      long at = offset + done - starts[index];
      int part = (int) Math.min(length - done, segment.byteSize() - at);
      MemorySegment.copy(src, from + done, segment, ValueLayout.JAVA_BYTE, at, part);
      done += part;
    }
  }

  void write(long offset, int[] src, int from, int count) {
    int done = 0;
    while (done < count) {
      long next = offset + (long) done * Integer.BYTES;
      int index = find(next);
      long at = next - starts[index];
      int whole = whole(index, at, count - done, Integer.BYTES);
      if (whole > 0) {
        MemorySegment.copy(src, from + done, segments[index], INT, at, whole);
        done += whole;
      } else {
        putAcross(next, src[from + done], Integer.BYTES);
        done++;
      }
    }
  }

  void write(long offset, long[] src, int from, int count) {
    int done = 0;
    while (done < count) {
      long next = offset + (long) done * Long.BYTES;
      int index = find(next);
      long at = next - starts[index];
      int whole = whole(index, at, count - done, Long.BYTES);
      if (whole > 0) {
        MemorySegment.copy(src, from + done, segments[index], LONG, at, whole);
        done += whole;
      } else {
        putAcross(next, src[from + done], Long.BYTES);
        done++;
      }
    }
  }

  void read(long offset, byte[] dst, int from, int length) {
    int done = 0;
    while (done < length) {
      int index = find(offset + done);
      MemorySegment segment = segments[index];
      long at = offset + done - starts[index];
      int part = (int) Math.min(length - done, segment.byteSize() - at);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, dst, from + done, part);
      done += part;
    }
  }

  void read(long offset, int[] dst, int from, int count) {
    int done = 0;
    while (done < count) {
      long next = offset + (long) done * Integer.BYTES;
      int index = find(next);
      long at = next - starts[index];
      int whole = whole(index, at, count - done, Integer.BYTES);
      if (whole > 0) {
        MemorySegment.copy(segments[index], INT, at, dst, from + done, whole);
        done += whole;
      } else {
        dst[from + done] = (int) getAcross(next, Integer.BYTES);
        done++;
      }
    }
  }

  void read(long offset, long[] dst, int from, int count) {
    int done = 0;
    while (done < count) {
      long next = offset + (long) done * Long.BYTES;
      int index = find(next);
      long at = next - starts[index];
      int whole = whole(index, at, count - done, Long.BYTES);
      if (whole > 0) {
        MemorySegment.copy(segments[index], LONG, at, dst, from + done, whole);
        done += whole;
      } else {
        dst[from + done] = getAcross(next, Long.BYTES);
        done++;
      }
    }
  }

  /** Takes a step for each contiguous part of a run of bytes; returns how many bytes all did. */
  long walk(long offset, long length, Step step) {
    if (length == 0) {
      return 0;
    }
    long done = 0;
    int index = find(offset);
    long at = offset - starts[index];
    while (done < length) {
      MemorySegment segment = segments[index];
      long part = Math.min(CHUNK, Math.min(length - done, segment.byteSize() - at));
      long did = step.apply(segment, at, part, done);
      done += did;
      if (did < part) {
        break;
      }
      at += part;
      if (at == segment.byteSize()) {
        index++;
        at = 0;
      }
    }
    return done;
  }

  /** How many of {@code count} values lie whole in a segment, from a place in it. */
  private int whole(int index, long at, int count, int bytes) {
    return (int) Math.min(count, (segments[index].byteSize() - at) / bytes);
  }

  /** Reads a value whose bytes lie in more than one segment. */
  private long getAcross(long offset, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int index = find(offset + i);
      long part = segments[index].get(ValueLayout.JAVA_BYTE, offset + i - starts[index]) & 0xff;
      value |= part << (Byte.SIZE * i);
    }
    return value;
  }

  /** Writes a value whose bytes lie in more than one segment. */
  private void putAcross(long offset, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      int index = find(offset + i);
      byte part = (byte) (value >> (Byte.SIZE * i));
      segments[index].set(ValueLayout.JAVA_BYTE, offset + i - starts[index], part);
    }
  }

  private int find(long offset) {
    if (starts.length == 1) {
      return 0;
    }
    if (uniform > 0) {
      return (int) (offset / uniform);
    }
    int low = 0;
    int high = starts.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
