package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A pointer to mapped memory that knows whether the memory is the system's or a device's.
 *
 * <pre>
 *   NULL --setSystem--> SYSTEM --clear--> NULL
 *        --setIo------> IO     --clear--> NULL
 * </pre>
 *
 * <p>Not thread-safe. Kernel counterpart: {@code struct iosys_map}, once {@code dma_buf_map}.
 */
public final class IosysMap {
  /** What it points to. */
  public enum Kind {
    /** Nothing. */
    NULL,
    /** The system's memory. */
    SYSTEM,
    /** A device's memory. */
    IO
  }

  private Kind kind = Kind.NULL;
  private MemorySegment memory = MemorySegment.NULL;

  /** Returns what it points to, never null. */
  public Kind kind() {
    return kind;
  }

  /** Points to system memory. */
  public void setSystem(MemorySegment system) {
    set(Kind.SYSTEM, system);
  }

  /** Points to a device's memory. */
  public void setIo(MemorySegment io) {
    set(Kind.IO, io);
  }

  /** Points to nothing. */
  public void clear() {
    kind = Kind.NULL;
    memory = MemorySegment.NULL;
  }

  /** Returns whether it points to nothing. */
  public boolean isNull() {
    return kind == Kind.NULL;
  }

  /** Returns whether it points to something. */
  public boolean isSet() {
    return !isNull();
  }

  /** Returns whether it points to a device's memory. */
  public boolean isIo() {
    return kind == Kind.IO;
  }

  /** Returns the memory from where it points to its end; empty for nothing; never null. */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * Moves it on.
   *
   * @param bytes 0 or more, at most to the end of the memory
   * @throws DmaBufException EINVAL beyond the end, or when it points to nothing
   */
  public void increment(long bytes) {
    if (isNull() || bytes < 0 || bytes > memory.byteSize()) {
      throw new DmaBufException(
          Errno.EINVAL,
          this + " was to be moved by " + bytes + " bytes; it can go to its end at most");
    }
    memory = memory.asSlice(bytes);
  }

  /**
   * Copies bytes of an array to where it points, counted as {@link Transfer#WRITTEN}.
   *
   * @param offset from where it points, 0 or more
   * @param src the array, never null
   * @param from index of the first byte of {@code src}
   * @param length how many bytes
   * @param meter what counts, never null
   * @throws DmaBufException EINVAL when it points to nothing, or beyond the memory or the array;
   *     EACCES when the memory is read-only
   */
  public void copyTo(long offset, byte[] src, int from, int length, TransferMeter meter) {
    view(meter).write(offset, src, from, length);
  }

  /**
   * Copies bytes from where it points into an array, counted as {@link Transfer#READ}.
   *
   * @throws DmaBufException EINVAL when it points to nothing, or beyond the memory or the array
   */
  public void copyFrom(long offset, byte[] dst, int from, int length, TransferMeter meter) {
    view(meter).read(offset, dst, from, length);
  }

  /** Two that point to nothing are equal; others when kind and address are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof IosysMap that
        && kind == that.kind
        && memory.address() == that.memory.address()
        && memory.heapBase().equals(that.memory.heapBase());
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, memory.address());
  }

  @Override
  public String toString() {
    return "a pointer to " + kind + " memory of " + memory.byteSize() + " bytes";
  }

  private FrameView view(TransferMeter meter) {
    if (isNull() || memory.byteSize() == 0) {
      throw new DmaBufException(
          Errno.EINVAL, this + " was to be copied to or from; set it to memory first");
    }
    return new FrameView(List.of(memory), meter);
  }

  private void set(Kind to, MemorySegment given) {
    memory = Objects.requireNonNull(given, "memory");
    kind = to;
  }
}
