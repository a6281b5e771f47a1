package org.dmabuf.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A fence is made, gets one callback, and completes, which calls that. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FenceCallbacks {

  /** An open context, and a callback that counts. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final DmaBufRegistry registry = core.open("driver");
    private final FenceContext context = registry.fenceContext("driver", "ring");
    private final FenceCallback callback = registry.callback(done -> count());
    private long calls;

    private void count() {
      calls++;
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      if (calls == 0) {
        throw new IllegalStateException("no callback was called");
      }
      context.close();
      core.close();
    }
  }

  /** A body that counts. */
  @State(Scope.Thread)
  public static class Peer {
    private final Runnable callback = this::count;
    private long calls;
    private long nanos;

    private void count() {
      calls++;
    }

    /** Each was called. */
    @TearDown
    public void check() {
      if (calls == 0 || nanos == 0) {
        throw new IllegalStateException("no callback was called");
      }
    }
  }

  /** Ours. */
  @Benchmark
  public DmaFence ours(Ours state) {
    DmaFence fence = state.context.create();
    fence.addCallback(state.callback);
    state.context.signal(fence);
    return fence;
  }

  /** The peer's. */
  @Benchmark
  @SuppressWarnings("FutureReturnValueIgnored") // what comes after the callback is nobody's concern
  public CompletableFuture<Boolean> peer(Peer state) {
    CompletableFuture<Boolean> future = new CompletableFuture<>();
    future.thenRun(state.callback);
    state.nanos = System.nanoTime();
    future.complete(true);
    return future;
  }
}
