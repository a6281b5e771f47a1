package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.dmabuf.pixel.Acceleration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A frame of 1080p is converted from NV12 to XRGB8888 by ordinary code, by one thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Nv12XrgbScalar {

  /** Frames in buffers. */
  @State(Scope.Thread)
  public static class Ours {
    private final Nv12Frames frames = new Nv12Frames(Acceleration.SCALAR);

    /** Gives everything back. */
    @TearDown
    public void close() {
      frames.close();
    }
  }

  /** Frames in plain memory. */
  @State(Scope.Thread)
  public static class Peer {
    private final ColdCopies copies = new ColdCopies(Nv12Frames.XRGB.size());

    /** Gives everything back. */
    @TearDown
    public void close() {
      copies.close();
    }
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    state.frames.convert();
  }

  /** The peer's. */
  @Benchmark
  public void peer(Peer state) {
    state.copies.copy();
  }
}
