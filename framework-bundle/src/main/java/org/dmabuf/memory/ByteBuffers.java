package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Mapped memory as {@link ByteBuffer}, without a copy: with the lifetime and the access of the
 * mapping, so that an access after its close throws {@link IllegalStateException} at its line, and
 * a store through a mapping for reading {@link java.nio.ReadOnlyBufferException}.
 *
 * <p>What a program then moves is its own and not counted. Stateless.
 */
public final class ByteBuffers {
  /** The longest that a byte buffer over mapped memory can be: a little less than an int counts. */
  public static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private ByteBuffers() {}

  /**
   * Returns part of a mapping as a buffer, whose byte order is big-endian until it is changed.
   *
   * @param memory the mapping's memory, never null
   * @param offset its first byte, 0 or more
   * @param length bytes, 0 or more, at most {@link #MAX_BYTES}
   * @return the buffer from position 0 to its limit, never null
   * @throws DmaBufException EINVAL for a range outside the memory; EOVERFLOW for a longer one, as a
   *     byte buffer counts by int; EBADF when the mapping is closed
   */
  public static ByteBuffer view(MemorySegment memory, long offset, long length) {
    if (offset < 0 || length < 0 || offset > memory.byteSize() - length) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A byte buffer of "
              + length
              + " bytes at "
              + offset
              + " of a mapping of "
              + memory.byteSize()
              + " bytes was asked; a range within it would work");
    }
    if (length > MAX_BYTES) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "A byte buffer of "
              + length
              + " bytes was asked, and it holds "
              + MAX_BYTES
              + " at most; ask for parts of the mapping");
    }
    if (!memory.scope().isAlive()) {
      throw new DmaBufException(
          Errno.EBADF, "A byte buffer of a mapping that is closed was asked; map it again");
    }
    return memory.asSlice(offset, length).asByteBuffer();
  }
}
