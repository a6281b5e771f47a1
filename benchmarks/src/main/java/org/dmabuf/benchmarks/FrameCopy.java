package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** All that the framework does for a frame, against what one copy of such a frame takes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameCopy {

  /** Frames in plain memory. */
  @State(Scope.Thread)
  public static class Peer {
    private final ColdCopies copies = new ColdCopies(NullPipeline.FRAME.size());

    void copy() {
      copies.copy();
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
      copies.close();
    }
  }

  /** A frame. */
  @Benchmark
  public void ours(FrameNull.Ours state) {
    state.frame();
  }

  /** A copy of a frame. */
  @Benchmark
  public void peer(Peer state) {
    state.copy();
  }
}
