package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceOps;
import org.dmabuf.seam.Seam;

/**
 * Fences over a word of a shared buffer, into which a device writes how far it has come.
 *
 * <pre>
 *   buffer   ......[ word: s32 ]......      offset, a multiple of 4
 *
 *   GREATER_OR_EQUAL   done when (s32) (word - seqno) >= 0, so also across the wrap of 32 bits
 *   NOT_ZERO           done when word != 0
 *
 *   OPEN (a reference to the buffer, and its vmap) --close()--> CLOSED (pending fences: ECANCELED)
 * </pre>
 *
 * <p>A fence completes when somebody asks it after the word has changed, or when the driver knows
 * of the change and calls {@link #poll}: whoever waits relies on that call. Thread-safe. Kernel
 * counterpart: {@code struct seqno_fence}.
 */
public final class SeqnoFences implements AutoCloseable {
  /** When the work of a fence is done. */
  public enum Condition {
    /** The word has come to the fence's number ({@code SEQNO_FENCE_WAIT_GEQUAL}). */
    GREATER_OR_EQUAL {
      @Override
      boolean holds(int word, long seqno) {
        return word - (int) seqno >= 0;
      }
    },
    /** The word is not zero ({@code SEQNO_FENCE_WAIT_NONZERO}). */
    NOT_ZERO {
      @Override
      boolean holds(int word, long seqno) {
        return word != 0;
      }
    };

    abstract boolean holds(int word, long seqno);
  }

  private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();

  private final DmaBuf buffer;
  private final MemorySegment memory;
  private final long offset;
  private final Condition condition;
  private final FenceContext context;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private SeqnoFences(
      DmaBufRegistry registry,
      FenceContextInfo info,
      DmaBuf buffer,
      MemorySegment memory,
      long offset,
      Condition condition) {
    this.buffer = buffer;
    this.memory = memory;
    this.offset = offset;
    this.condition = condition;
    this.context = registry.fenceContext(info.with32BitNumbers().withOps(new Look()));
  }

  /**
   * Opens a context of such fences, and takes a reference to the buffer; without its reservation
   * held, which this takes.
   *
   * @param registry of the driver's bundle, never null
   * @param info names and perhaps a timeout; its numbers have 32 bits, its hooks are replaced;
   *     never null
   * @param buffer a handle of that bundle, never null
   * @param offset where the word is, in bytes, a multiple of 4 within the buffer
   * @param condition when a fence's work is done, never null
   * @throws DmaBufException EINVAL for a bad offset or a buffer without vmap; EBADF for a closed
   *     handle; ENODEV when the bundle or the buffer's exporter leaves
   */
  public static SeqnoFences open(
      DmaBufRegistry registry,
      FenceContextInfo info,
      DmaBuf buffer,
      long offset,
      Condition condition) {
    if (offset < 0 || offset % Integer.BYTES != 0 || offset > buffer.size() - Integer.BYTES) {
      throw new DmaBufException(
          Errno.EINVAL,
          "The word at offset "
              + offset
              + " of a buffer of "
              + buffer.size()
              + " bytes was to be watched; a multiple of 4 within it would work");
    }
    DmaBuf kept = buffer.get();
    MemorySegment memory = null;
    try {
      memory = vmap(kept);
      return new SeqnoFences(registry, info, kept, memory, offset, condition);
    } catch (DmaBufException refused) {
      if (memory != null) {
        vunmap(kept, memory);
      }
      kept.close();
      throw refused;
    }
  }

  /**
   * Makes a fence, pending until somebody looks.
   *
   * @param seqno the number that the word comes to; its low 32 bits count
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when closed
   */
  public DmaFence create(long seqno) {
    return context.create(seqno);
  }

  /** Looks at the word, and completes, oldest first, the fences whose work is done. */
  public void poll() {
    context.poll();
  }

  /**
   * Completes a fence whatever the word says, for a device that has failed.
   *
   * @param fence one of these, never null
   * @param error why, never null
   * @return false when it had completed already
   * @throws DmaBufException EINVAL when it is none of these, or without an error
   */
  public boolean fail(DmaFence fence, Errno error) {
    return context.fail(fence, error);
  }

  /**
   * Completes what is pending with ECANCELED, and drops the reference to the buffer. Idempotent.
   */
  @Override
  public void close() {
    Seam.step();
    if (open.compareAndSet(true, false)) {
      context.close();
      vunmap(buffer, memory);
      buffer.close();
    }
  }

  private boolean isDone(DmaFence fence) {
    Seam.step();
    return condition.holds((int) WORD.getVolatile(memory, offset), fence.seqno());
  }

  private static MemorySegment vmap(DmaBuf buffer) {
    buffer.resv().lock();
    try {
      return buffer.vmap();
    } finally {
      buffer.resv().unlock();
    }
  }

  private static void vunmap(DmaBuf buffer, MemorySegment memory) {
    buffer.resv().lock();
    try {
      buffer.vunmap(memory);
    } finally {
      buffer.resv().unlock();
    }
  }

  private final class Look implements FenceOps {
    @Override
    public boolean enableSignaling(DmaFence fence) {
      return !isSignaled(fence);
    }

    @Override
    public boolean isSignaled(DmaFence fence) {
      try {
        return isDone(fence);
      } catch (IllegalStateException unmapped) {
        // Closed by another thread between its hook and this: that one completes the fence.
        return false;
      }
    }
  }
}
