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

  /** Unmaps. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
      buffer.mappingGone();
      client.forget(this);
      buffer.unref();
    }
  }
}
