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
 * All that the framework does for a frame, by one thread with devices that do nothing: {@link
 * NullPipeline}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameNull {

  /** A camera and a display, whose thread is the caller's. */
  @State(Scope.Thread)
  public static class Ours {
    private final TurnedClock clock = new TurnedClock();
    private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withClock(clock));
    private final NullPipeline pipeline = new NullPipeline(core, clock, () -> {});

    /** Frames that are not measured. */
    @Setup
    public void warmUp() {
      pipeline.warmUp();
    }

    void frame() {
      pipeline.frame();
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      pipeline.close();
      core.close();
    }
  }

  /** A frame. */
  @Benchmark
  public void ours(Ours state) {
    state.frame();
  }

  /** Another thread is woken, and wakes this one. */
  @Benchmark
  public void peer(FenceWake.Peer state) {
    state.roundTrip();
  }
}
