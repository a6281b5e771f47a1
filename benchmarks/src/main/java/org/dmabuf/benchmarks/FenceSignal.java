package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.dmabuf.DmaBufCore;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A fence is made and completed, and nobody waits for it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FenceSignal {

  /** An open context. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final FenceContext context = core.open("driver").fenceContext("driver", "ring");

    /** Gives everything back. */
    @TearDown
    public void close() {
      context.close();
      core.close();
    }
  }

  /** The least that such a thing can be: one change of state, and its time. */
  static final class Least {
    private static final AtomicIntegerFieldUpdater<Least> STATE =
        AtomicIntegerFieldUpdater.newUpdater(Least.class, "state");

    @SuppressWarnings("UnusedVariable") // through STATE
    private volatile int state;

    private long nanos;

    void complete() {
      if (STATE.compareAndSet(this, 0, 1)) {
        nanos = System.nanoTime();
      }
    }

    long nanos() {
      return nanos;
    }
  }

  /** Ours. */
  @Benchmark
  public DmaFence ours(Ours state) {
    DmaFence fence = state.context.create();
    state.context.signal(fence);
    return fence;
  }

  /** The peer's. */
  @Benchmark
  public Least peer() {
    Least least = new Least();
    least.complete();
    return least;
  }
}
