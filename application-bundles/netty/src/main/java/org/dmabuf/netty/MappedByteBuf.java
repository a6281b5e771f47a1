package org.dmabuf.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A mapping as Netty's buffer, without a copy: full of the mapping's bytes, of fixed capacity.
 *
 * <pre>
 *   COUNTED --last release--&gt; RELEASED, and the mapping is unmapped
 *   every access after the unmap throws, whoever made it
 * </pre>
 *
 * <p>Of the kind that does not go by addresses: those would reach memory that was unmapped. As
 * thread-safe as the memory.
 */
public final class MappedByteBuf extends UnpooledDirectByteBuf {
  private final CpuMapping mapping;

  private MappedByteBuf(CpuMapping mapping) {
    super(
        UnpooledByteBufAllocator.DEFAULT,
        mapping.asByteBuffer(),
        Math.toIntExact(mapping.segment().byteSize()));
    this.mapping = mapping;
  }

  /**
   * Gives a mapping to Netty.
   *
   * @param mapping one that may be written, of less than 2 GiB; passes to the buffer, never null
   * @return a buffer with one count, whose last release unmaps; never null
   * @throws DmaBufException EACCES for a mapping that only reads; EBADF for one that is closed;
   *     EOVERFLOW for one that is too long; then it stays the caller's
   */
  public static ByteBuf of(CpuMapping mapping) {
    if (mapping.segment().isReadOnly()) {
      throw new DmaBufException(
          Errno.EACCES, mapping + " was given to Netty; one that may be written would work");
    }
    return new MappedByteBuf(mapping);
  }

  /** Returns false: an address would be used after the unmap. */
  @Override
  public boolean hasMemoryAddress() {
    return false;
  }

  @Override
  public long memoryAddress() {
    throw new UnsupportedOperationException(
        "The address of " + mapping + " is not given away, for it would outlive the mapping");
  }

  @Override
  protected void deallocate() {
    super.deallocate();
    mapping.close();
  }
}
