package org.dmabuf.fence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Looks through containers at the fences that they stand for, and makes as few as possible stand
 * for many.
 *
 * <pre>
 *   merge( [b2 a1] , b3 , c1 done )
 *     unwrapped        b2  a1  b3  c1
 *     pending          b2  a1  b3          what has completed is dropped
 *     by context       a1  b3              of each context the latest
 *   nothing left: a stub; one: itself; more: an array
 * </pre>
 *
 * <p>Thread-safe: it holds nothing. Kernel counterpart: {@code linux/dma-fence-unwrap.h}.
 */
public final class FenceUnwrap {
  private FenceUnwrap() {}

  /**
   * Shows each fence that a fence stands for, in its order; one that is no container is itself. Of
   * a chain that is the fence of its last point, and of those before it the pending ones, backward.
   *
   * @param fence the fence, never null
   * @param each what to show them to, never null
   */
  public static void forEach(DmaFence fence, Consumer<? super DmaFence> each) {
    if (fence instanceof FenceArray array) {
      array.members().forEach(member -> forEach(member, each));
    } else if (fence instanceof FenceChain chain) {
      for (DmaFence link = chain; link != null; link = FenceChain.after(link)) {
        forEach(FenceChain.fenceOf(link), each);
      }
    } else {
      each.accept(fence);
    }
  }

  /** Returns the fences that a fence stands for, in its order, never empty. */
  public static List<DmaFence> unwrap(DmaFence fence) {
    List<DmaFence> all = new ArrayList<>();
    forEach(fence, all::add);
    return all;
  }

  /**
   * Returns one fence that completes when all have: one that is pending for each context, the
   * latest, in the order of contexts. When none is pending it is a stub of the time at which the
   * last one completed; then their errors are lost.
   *
   * @param fences containers or not, 1 or more, never null
   * @throws DmaBufException EINVAL without fences
   */
  public static DmaFence merge(List<? extends DmaFence> fences) {
    if (fences.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "No fences were given to merge; 1 or more would work");
    }
    List<DmaFence> pending = new ArrayList<>();
    long[] latest = {0};
    for (DmaFence fence : fences) {
      forEach(
          fence,
          each -> {
            if (each.isSignaled()) {
              latest[0] = Math.max(latest[0], each.timestamp());
            } else {
              pending.add(each);
            }
          });
    }
    if (pending.isEmpty()) {
      return fences.getFirst().contexts().privateStub(latest[0]);
    }
    List<DmaFence> kept = latestOfEachContext(pending);
    return kept.size() == 1 ? kept.getFirst() : FenceArray.of(kept, FenceArray.Mode.ALL);
  }

  private static List<DmaFence> latestOfEachContext(List<DmaFence> pending) {
    pending.sort(Comparator.comparingLong(DmaFence::contextId));
    List<DmaFence> kept = new ArrayList<>(pending.size());
    for (DmaFence fence : pending) {
      if (kept.isEmpty() || kept.getLast().contextId() != fence.contextId()) {
        kept.add(fence);
      } else if (fence.isLater(kept.getLast())) {
        kept.set(kept.size() - 1, fence);
      }
    }
    return kept;
  }
}
