package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Pipelines in one framework, each with devices and a thread of its own, and copies that have
 * nothing in common but the machine. Measured with one thread and with two.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TwoPipelines {

  /** The framework that the pipelines share. */
  @State(Scope.Benchmark)
  public static class Shared {
    private final TurnedClock clock = new TurnedClock();
    private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withClock(clock));

    /** Gives everything back. */
    @TearDown
    public void close() {
      core.close();
    }
  }

  /** One pipeline. */
  @State(Scope.Thread)
  public static class Ours {
    private NullPipeline pipeline;

    /** Starts it on the thread that is to run it. */
    @Setup
    public void start(Shared shared) {
      pipeline = new NullPipeline(shared.core, shared.clock, () -> {});
      pipeline.warmUp();
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      pipeline.close();
    }
  }

  /** A frame. */
  @Benchmark
  public void ours(Ours state) {
    state.pipeline.frame();
  }

  /** A copy of a frame. */
  @Benchmark
  public void peer(FrameCopy.Peer state) {
    state.copy();
  }
}
