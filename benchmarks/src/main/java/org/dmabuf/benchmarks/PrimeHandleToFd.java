package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A descriptor of an object that is shared already, and its close. What is measured is one of 64.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PrimeHandleToFd {

  /** A hundred thousand objects. */
  @State(Scope.Thread)
  public static class Ours {
    private PrimeObjects objects;

    /** Makes and shares them. */
    @Setup
    public void share() {
      objects = new PrimeObjects(100_000);
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      objects.close();
    }
  }

  /** A hundred objects. */
  @State(Scope.Thread)
  public static class Peer {
    private PrimeObjects objects;

    /** Makes and shares them. */
    @Setup
    public void share() {
      objects = new PrimeObjects(100);
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      objects.close();
    }
  }

  /** Among a hundred thousand. */
  @Benchmark
  @OperationsPerInvocation(PrimeObjects.USED)
  public void ours(Ours state) {
    state.objects.shareAll();
  }

  /** Among a hundred. */
  @Benchmark
  @OperationsPerInvocation(PrimeObjects.USED)
  public void peer(Peer state) {
    state.objects.shareAll();
  }
}
