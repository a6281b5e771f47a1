package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * A point of a timeline: a fence, and all points before it. It completes when its fence and those
 * of all points before it have.
 *
 * <pre>
 *   chain 10 --previous--> chain 5 --previous--> chain 2 --previous--> (none, or a plain fence)
 *      |                      |                     |
 *    fence                  fence done            fence
 *
 *   {@link #walk} from 10 drops 5, whose fence is done:   chain 10 ----> chain 2
 *
 *   find  0: 10 itself   1..2: 2   3..5: 2 (or 5 while it is kept)   6..10: 10   11: EINVAL
 *
 *   IDLE    --first callback or wait--> ENABLED   a callback on the first fence that is pending, and
 *                                                 on the next one when that has completed
 *           --asked, and all are done--> COMPLETED
 *   ENABLED --all are done--> COMPLETED, and what was before is forgotten
 * </pre>
 *
 * <p>It never completes with an error: who needs those of its fences looks at them ({@link
 * FenceUnwrap}). Numbers are 64 bits without sign. All methods go from link to link and never into
 * each other, so a chain may have any length. Thread-safe. Kernel counterpart: {@code struct
 * dma_fence_chain}.
 */
public final class FenceChain extends ContainerFence {
  private static final String DRIVER_NAME = "dma_fence_chain";
  private static final VarHandle PREVIOUS;

  static {
    try {
      PREVIOUS = MethodHandles.lookup().findVarHandle(FenceChain.class, "previous", DmaFence.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final DmaFence fence;
  private final long previousSeqno;
  private final FenceCallback fenceDone = new FenceCallback(done -> listen(), closed -> {});

  @SuppressWarnings("UnusedVariable") // through PREVIOUS
  private volatile DmaFence previous;

  private FenceChain(
      DmaFence previous, DmaFence fence, long contextId, long seqno, long previousSeqno) {
    super(fence.contexts(), FenceKind.CHAIN, DRIVER_NAME, contextId, seqno);
    this.fence = fence;
    this.previousSeqno = previousSeqno;
    this.previous = previous;
  }

  /**
   * Makes the first point of a timeline.
   *
   * @param fence what the point stands for, no chain, never null
   * @param seqno the point, without sign
   * @return the chain, never null
   * @throws DmaBufException EINVAL when the fence is a chain itself: the caller is at fault
   */
  public static FenceChain of(DmaFence fence, long seqno) {
    return linked(null, fence, seqno);
  }

  /**
   * Makes a point that follows another one. When that is a chain of the same or a later number, the
   * new one takes its number, in a context of its own.
   *
   * @param previous what comes before: a chain, or any other fence; never null
   * @param fence what the point stands for, no chain, never null
   * @param seqno the point, without sign
   * @return the chain, never null
   * @throws DmaBufException EINVAL when the fence is a chain itself: the caller is at fault
   */
  public static FenceChain of(DmaFence previous, DmaFence fence, long seqno) {
    return linked(Objects.requireNonNull(previous, "previous"), fence, seqno);
  }

  private static FenceChain linked(DmaFence previous, DmaFence fence, long seqno) {
    if (fence instanceof FenceChain) {
      throw new DmaBufException(
          Errno.EINVAL,
          fence.describe()
              + " was to be a point of a chain; chains are linked as what comes before, and their"
              + " fences can be points. The caller is at fault");
    }
    if (!(previous instanceof FenceChain before)) {
      return new FenceChain(previous, fence, fence.contexts().allocate(), seqno, 0);
    }
    if (Long.compareUnsigned(seqno, before.seqno()) > 0) {
      return new FenceChain(before, fence, before.contextId(), seqno, before.seqno());
    }
    // A point out of order begins a timeline of its own, at a number that was not there before.
    return new FenceChain(before, fence, fence.contexts().allocate(), before.seqno(), 0);
  }

  /**
   * Returns whether a fence has a point: every fence has 0, a chain all up to its number.
   *
   * @param fence a chain or any other fence; null, which has none
   * @param seqno the point, without sign
   */
  public static boolean hasPoint(DmaFence fence, long seqno) {
    return fence instanceof FenceChain chain
        ? Long.compareUnsigned(chain.seqno(), seqno) >= 0
        : fence != null && seqno == 0;
  }

  /**
   * Finds what to wait for until a timeline has come to a point: the link with that number, or the
   * one that follows where there is a gap.
   *
   * @param fence the last point of the timeline, never null
   * @param seqno the point, without sign; 0 for the whole of it, which any fence has
   * @return the link, which is the fence itself for 0; empty when the timeline has passed the point
   * @throws DmaBufException EINVAL when the fence is null or no chain, or ends before the point
   */
  public static Optional<DmaFence> findSeqno(DmaFence fence, long seqno) {
    if (!hasPoint(fence, seqno)) {
      throw new DmaBufException(
          Errno.EINVAL,
          fence
              + " was asked for point "
              + Long.toUnsignedString(seqno)
              + "; a chain that goes so far would work");
    }
    DmaFence link = fence;
    while (seqno != 0
        && link instanceof FenceChain chain
        && chain.contextId() == fence.contextId()
        && Long.compareUnsigned(chain.previousSeqno, seqno) >= 0) {
      link = chain.next();
    }
    return Optional.ofNullable(link);
  }

  /**
   * Returns the point before this one that is still pending, and forgets those between, which are
   * not. A fence of another kind at the end is a point, too.
   *
   * @return empty when there is none
   */
  public Optional<DmaFence> walk() {
    return Optional.ofNullable(next());
  }

  /** Returns the fence of this point alone, never null. */
  public DmaFence fence() {
    return fence;
  }

  /** Returns the number before this one's in its context, without sign; 0 when it is the first. */
  public long previousSeqno() {
    return previousSeqno;
  }

  /** Returns whether the fences of all its points are of one context. */
  @Override
  public boolean matchesContext(long id) {
    DmaFence link = this;
    while (link != null && fenceOf(link).matchesContext(id)) {
      link = after(link);
    }
    return link == null;
  }

  @Override
  public void setDeadline(long nanos) {
    for (DmaFence link = this; link != null; link = after(link)) {
      fenceOf(link).setDeadline(nanos);
    }
  }

  @Override
  boolean seesCompletion() {
    for (DmaFence link = this; link != null; link = after(link)) {
      if (!fenceOf(link).isSignaled()) {
        return false;
      }
    }
    finish();
    return true;
  }

  /** The fence of a link alone: its own, or what stands at the end. */
  static DmaFence fenceOf(DmaFence link) {
    return link instanceof FenceChain chain ? chain.fence : link;
  }

  /** The pending link before one; null when there is none. */
  static DmaFence after(DmaFence link) {
    return link instanceof FenceChain chain ? chain.next() : null;
  }

  private DmaFence next() {
    while (true) {
      Seam.step();
      DmaFence before = (DmaFence) PREVIOUS.getAcquire(this);
      if (before == null || !fenceOf(before).isSignaled()) {
        return before;
      }
      Seam.step();
      DmaFence further =
          before instanceof FenceChain chain ? (DmaFence) PREVIOUS.getAcquire(chain) : null;
      Seam.step();
      PREVIOUS.compareAndSet(this, before, further);
    }
  }

  @Override
  void listen() {
    for (DmaFence link = this; link != null; link = after(link)) {
      if (fenceOf(link).addCallback(fenceDone)) {
        return;
      }
    }
    finish();
  }

  /** It has completed afterwards, by this thread or by another one. */
  private void finish() {
    finish(null, contexts().clock().nanos());
    Seam.step();
    PREVIOUS.setRelease(this, null);
  }
}
