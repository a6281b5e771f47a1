package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A slot is reserved and a fence added into it, the reservation being locked all the time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResvAddFence {

  /** A locked reservation, and fences of two contexts, so that none replaces the other as later. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private DmaResv resv;
    private DmaFence next;
    private DmaFence afterNext;

    /** Locks, on the thread that measures. */
    @Setup
    public void lock() {
      DmaBufRegistry client = core.open("client");
      resv = client.reservation();
      next = completed(client, "one");
      afterNext = completed(client, "two");
      resv.lock();
    }

    private static DmaFence completed(DmaBufRegistry client, String timeline) {
      FenceContext context = client.fenceContext("driver", timeline);
      DmaFence fence = context.create();
      context.signal(fence);
      return fence;
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      resv.unlock();
      core.close();
    }
  }

  /** A number that nobody else changes. */
  @State(Scope.Thread)
  public static class Peer {
    private final AtomicLong number = new AtomicLong();
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    DmaFence fence = state.next;
    state.next = state.afterNext;
    state.afterNext = fence;
    state.resv.reserveFences(1);
    state.resv.addFence(fence, Usage.WRITE);
  }

  /** The peer's. */
  @Benchmark
  public boolean peer(Peer state) {
    long now = state.number.getPlain();
    return state.number.compareAndSet(now, now + 1);
  }
}
