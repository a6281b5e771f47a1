package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A buffer, or part of it, mapped for the CPU. It has an arena of its own: after close, an access
 * throws at its line, and it keeps the buffer alive until then.
 *
 * <pre>
 *   MAPPED --close()--> UNMAPPED
 * </pre>
 *
 * <p>Thread-safe; closing while another thread accesses it fails that thread's access. Every access
 * belongs between {@link DmaBuf#beginCpuAccess} and {@link DmaBuf#endCpuAccess}. Kernel
 * counterpart: a {@code vm_area_struct} over a dma-buf.
 */
public final class CpuMapping implements AutoCloseable {
  private final Client client;
  private final BufferObject buffer;
  private final Arena arena;
  private final MemorySegment segment;
  private final AtomicBoolean closed = new AtomicBoolean();

  CpuMapping(Client client, BufferObject buffer, Arena arena, MemorySegment segment) {
    this.client = client;
    this.buffer = buffer;
    this.arena = arena;
    this.segment = segment;
  }

  /** Returns the memory, whose access is that of the mapping; never null. */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Unmaps. Idempotent.
   *
   * @throws DmaBufException EBUSY while a native call uses the memory; it stays mapped then
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        arena.close();
      } catch (IllegalStateException busy) {
        closed.set(false);
        throw new DmaBufException(
            Errno.EBUSY,
            "A mapping of "
                + buffer.describe()
                + " was closed while a call uses it: "
                + busy.getMessage());
      }
      buffer.mappingGone();
      client.forget(this);
      buffer.unref();
    }
  }
}
