package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;
import java.util.zip.Checksum;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The scattered memory of a mapping, seen as one run of bytes. Through this class alone frame bytes
 * are moved, and everything that is moved is counted by its {@link TransferMeter}.
 *
 * <pre>
 *   offset   0            4096                    12288        size()
 *   view     |  segment 0   |       segment 1       |  segment 2  |
 *   memory        page 7          pages 40 to 41        page 3
 * </pre>
 *
 * <p>Offsets and lengths are bytes; each is checked against {@link #size()} before any memory is
 * touched. The view itself never changes and may be used by all threads (as far as its segments'
 * arenas allow); who writes while another one reads has to keep them apart by fences, as always.
 * Memory whose arena was closed throws {@link IllegalStateException}: that is a use after unmap.
 *
 * <p>Kernel counterpart: {@code struct iosys_map} over an {@code sg_table}, {@code sg_copy_buffer}.
 */
public final class FrameView {
  private final SegmentRun run;
  private final TransferMeter meter;
  private final Transfer readKind;
  private final boolean converting;

  /**
   * Makes a view; its reads count as {@link Transfer#READ}, its writes as {@link Transfer#WRITTEN}.
   *
   * @param segments the memory in the order of its offsets, at least one segment, each of at least
   *     one byte; if one is read-only, the whole view is
   * @param meter what counts, never null
   * @throws DmaBufException EINVAL when there is no segment, or an empty one
   */
  public FrameView(List<MemorySegment> segments, TransferMeter meter) {
    this.run = new SegmentRun(segments);
    this.meter = Objects.requireNonNull(meter, "meter");
    this.readKind = Transfer.READ;
    this.converting = false;
  }

  private FrameView(FrameView of, Transfer readKind, boolean converting) {
    this.run = of.run;
    this.meter = of.meter;
    this.readKind = readKind;
    this.converting = converting;
  }

  /** Returns the bytes of the whole view, at least 1. */
  public long size() {
    return run.size();
  }

  /** Tells whether writes are refused with EACCES. */
  public boolean isReadOnly() {
    return run.isReadOnly();
  }

  /**
   * Returns the same memory whose writes count as {@link Transfer#CONVERTED} too: for one who
   * writes what a converter made.
   */
  public FrameView converting() {
    return converting ? this : new FrameView(this, readKind, true);
  }

  /**
   * Returns the same memory whose reads count as the given kind: a display reads, a checksum or a
   * recorder verifies.
   *
   * @param kind {@link Transfer#READ} or {@link Transfer#VERIFIED}
   * @throws DmaBufException EINVAL for another kind
   */
  public FrameView as(Transfer kind) {
    if (kind != Transfer.READ && kind != Transfer.VERIFIED) {
      throw new DmaBufException(
          Errno.EINVAL, "Reads cannot be counted as " + kind + "; READ and VERIFIED are possible");
    }
    return kind == readKind ? this : new FrameView(this, kind, converting);
  }

  /**
   * Writes bytes of an array.
   *
   * @param offset where in this view
   * @param src the array, never null
   * @param from index of the first byte of {@code src}
   * @param length how many bytes
   * @throws DmaBufException EINVAL beyond the view or the array, EACCES when the view is read-only
   */
  public void write(long offset, byte[] src, int from, int length) {
    check("write", offset, length);
    checkArray("write", src.length, from, length);
    checkWritable();
    run.write(offset, src, from, length);
    countWritten(length);
  }

  /**
   * Writes integers of an array, little-endian.
   *
   * @param offset where in this view, in bytes, aligned or not
   * @param src the array, never null
   * @param from index of the first integer of {@code src}
   * @param count how many integers, of four bytes each
   * @throws DmaBufException EINVAL beyond the view or the array, EACCES when the view is read-only
   */
  public void write(long offset, int[] src, int from, int count) {
    long length = (long) count * Integer.BYTES;
    check("write", offset, length);
    checkArray("write", src.length, from, count);
    checkWritable();
    run.write(offset, src, from, count);
    countWritten(length);
  }

  /**
   * Writes long integers of an array, little-endian; otherwise as {@link #write(long, int[], int,
   * int)}.
   *
   * @throws DmaBufException EINVAL beyond the view or the array, EACCES when the view is read-only
   */
  public void write(long offset, long[] src, int from, int count) {
    long length = (long) count * Long.BYTES;
    check("write", offset, length);
    checkArray("write", src.length, from, count);
    checkWritable();
    run.write(offset, src, from, count);
    countWritten(length);
  }

  /**
   * Writes one value to a run of bytes.
   *
   * @throws DmaBufException EINVAL beyond the view, EACCES when the view is read-only
   */
  public void fill(long offset, long length, byte value) {
    check("fill", offset, length);
    checkWritable();
    run.walk(
        offset,
        length,
        (segment, at, part, done) -> {
          segment.asSlice(at, part).fill(value);
          return part;
        });
    countWritten(length);
  }

  /**
   * Reads from a channel straight into this memory, until {@code length} bytes came or the channel
   * ended.
   *
   * @param channel a channel in blocking mode, never null
   * @param offset where in this view
   * @param length how many bytes
   * @return the bytes read; fewer than {@code length} only at the channel's end
   * @throws DmaBufException EINVAL beyond the view, EACCES when the view is read-only, EINTR when
   *     the thread was interrupted (the channel may be closed then), EAGAIN when a channel that is
   *     not in blocking mode has nothing, EIO when the channel fails; what had been read by then is
   *     in the memory, and counted
   */
  public long readFrom(ReadableByteChannel channel, long offset, long length) {
    check("read from a channel into", offset, length);
    checkWritable();
    return run.walk(
        offset,
        length,
        (segment, at, part, done) -> {
          ByteBuffer buffer = segment.asSlice(at, part).asByteBuffer();
          try {
            return ChannelTransfers.fill(buffer, channel);
          } finally {
            countWritten(buffer.position());
          }
        });
  }

  /**
   * Reads bytes into an array.
   *
   * @param offset where in this view
   * @param dst the array, never null
   * @param from index of {@code dst} at which the first byte goes
   * @param length how many bytes
   * @throws DmaBufException EINVAL beyond the view or the array
   */
  public void read(long offset, byte[] dst, int from, int length) {
    check("read", offset, length);
    checkArray("read", dst.length, from, length);
    run.read(offset, dst, from, length);
    meter.add(readKind, length);
  }

  /**
   * Reads little-endian integers into an array.
   *
   * @param offset where in this view, in bytes, aligned or not
   * @param dst the array, never null
   * @param from index of {@code dst} at which the first integer goes
   * @param count how many integers, of four bytes each
   * @throws DmaBufException EINVAL beyond the view or the array
   */
  public void read(long offset, int[] dst, int from, int count) {
    long length = (long) count * Integer.BYTES;
    check("read", offset, length);
    checkArray("read", dst.length, from, count);
    run.read(offset, dst, from, count);
    meter.add(readKind, length);
  }

  /**
   * Reads little-endian long integers into an array; otherwise as {@link #read(long, int[], int,
   * int)}.
   *
   * @throws DmaBufException EINVAL beyond the view or the array
   */
  public void read(long offset, long[] dst, int from, int count) {
    long length = (long) count * Long.BYTES;
    check("read", offset, length);
    checkArray("read", dst.length, from, count);
    run.read(offset, dst, from, count);
    meter.add(readKind, length);
  }

  /**
   * Returns how many bytes lie in one segment from an offset on, so that they can be lent.
   *
   * @param offset where in this view
   * @return 1 or more
   * @throws DmaBufException EINVAL beyond the view
   */
  public long contiguous(long offset) {
    check("find", offset, 1);
    return run.contiguous(offset);
  }

  /**
   * Lends the segment in which a run of bytes lies, to code that calculates straight from it.
   *
   * @param offset where in this view the bytes begin; {@link #placeInSegment} says where that is
   * @param length from the first to the last byte that the borrower reads
   * @param bytes how many of them it reads, which are counted: fewer than {@code length} where it
   *     leaves the padding between rows
   * @return the whole segment, which is not to be kept; never null
   * @throws DmaBufException EINVAL beyond the view, when the run is longer than what is {@link
   *     #contiguous}, or when it has fewer bytes than are counted
   */
  public MemorySegment lend(long offset, long length, long bytes) {
    checkLent(offset, length, bytes);
    meter.add(readKind, bytes);
    return run.at(offset);
  }

  /**
   * Lends the segment in which a run of bytes lies, to code that calculates straight into it; the
   * bytes count as written. Otherwise as {@link #lend}.
   *
   * @throws DmaBufException EINVAL as above, EACCES when the view is read-only
   */
  public MemorySegment lendWritable(long offset, long length, long bytes) {
    checkLent(offset, length, bytes);
    checkWritable();
    countWritten(bytes);
    return run.at(offset);
  }

  /**
   * Returns where a byte lies in the segment that is lent for it.
   *
   * @throws DmaBufException EINVAL beyond the view
   */
  public long placeInSegment(long offset) {
    check("find", offset, 1);
    return run.placeInSegment(offset);
  }

  private void checkLent(long offset, long length, long bytes) {
    check("lend", offset, Math.max(1, length));
    if (bytes < 0 || bytes > length) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Cannot count %d bytes of %d that are lent at offset %d; 0 to %d would work"
              .formatted(bytes, length, offset, length));
    }
    if (length > run.contiguous(offset)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Cannot lend %d bytes at offset %d: %d of them lie in one segment; read them, or fewer"
              .formatted(length, offset, run.contiguous(offset)));
    }
  }

  /**
   * Writes bytes of this view to a channel, all of them.
   *
   * @param channel a channel in blocking mode, never null
   * @param offset where in this view
   * @param length how many bytes
   * @throws DmaBufException EINVAL beyond the view, EINTR when the thread was interrupted (the
   *     channel may be closed then), EIO when the channel fails
   */
  public void writeTo(WritableByteChannel channel, long offset, long length) {
    check("write to a channel from", offset, length);
    run.walk(
        offset,
        length,
        (segment, at, part, done) -> {
          ByteBuffer buffer = segment.asSlice(at, part).asByteBuffer();
          try {
            ChannelTransfers.drain(buffer, channel);
          } finally {
            meter.add(readKind, buffer.position());
          }
          return part;
        });
  }

  /**
   * Runs bytes of this view through a checksum, without copying them.
   *
   * @param checksum what is updated, such as {@link java.util.zip.CRC32C}; never null
   * @throws DmaBufException EINVAL beyond the view
   */
  public void update(Checksum checksum, long offset, long length) {
    check("compute a checksum of", offset, length);
    run.walk(
        offset,
        length,
        (segment, at, part, done) -> {
          checksum.update(segment.asSlice(at, part).asByteBuffer());
          return part;
        });
    meter.add(readKind, length);
  }

  /**
   * Copies bytes from one buffer to another; counted as {@link Transfer#COPIED} by the
   * destination's meter. The two ranges must not be the same memory.
   *
   * @throws DmaBufException EINVAL beyond one of the views, EACCES when {@code dst} is read-only
   */
  public static void copy(
      FrameView src, long srcOffset, FrameView dst, long dstOffset, long length) {
    transfer(Transfer.COPIED, src, srcOffset, dst, dstOffset, length);
  }

  /**
   * As {@link #copy}, but between two placements of one buffer: counted as {@link Transfer#MOVED}.
   */
  public static void move(
      FrameView src, long srcOffset, FrameView dst, long dstOffset, long length) {
    transfer(Transfer.MOVED, src, srcOffset, dst, dstOffset, length);
    dst.meter.addMove();
  }

  /**
   * As {@link #copy}, but between a non-coherent store and the memory behind it: counted as {@link
   * Transfer#SYNCED}.
   */
  public static void sync(
      FrameView src, long srcOffset, FrameView dst, long dstOffset, long length) {
    transfer(Transfer.SYNCED, src, srcOffset, dst, dstOffset, length);
  }

  private static void transfer(
      Transfer kind, FrameView src, long srcOffset, FrameView dst, long dstOffset, long length) {
    src.check("copy from", srcOffset, length);
    dst.check("copy to", dstOffset, length);
    dst.checkWritable();
    src.run.walk(
        srcOffset,
        length,
        (from, at, part, done) ->
            dst.run.walk(
                dstOffset + done,
                part,
                (to, toAt, toPart, toDone) -> {
                  MemorySegment.copy(from, at + toDone, to, toAt, toPart);
                  return toPart;
                }));
    dst.meter.add(kind, length);
  }

  private void countWritten(long bytes) {
    meter.add(Transfer.WRITTEN, bytes);
    if (converting) {
      meter.add(Transfer.CONVERTED, bytes);
    }
  }

  private void check(String what, long offset, long length) {
    if (offset < 0 || length < 0 || offset > run.size() - length) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Cannot %s %d bytes at offset %d of a view of %d bytes"
              .formatted(what, length, offset, run.size()));
    }
  }

  private static void checkArray(String what, int there, int from, int length) {
    if (from < 0 || length < 0 || from > there - length) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Cannot %s %d values at index %d of an array of %d".formatted(what, length, from, there));
    }
  }

  private void checkWritable() {
    if (run.isReadOnly()) {
      throw new DmaBufException(
          Errno.EACCES,
          "A view of %d bytes cannot be written: its memory is mapped for reading; map it for"
                  .formatted(run.size())
              + " writing");
    }
  }
}
