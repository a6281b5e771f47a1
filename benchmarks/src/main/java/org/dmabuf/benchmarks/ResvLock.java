package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufCore;
import org.dmabuf.resv.DmaResv;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A reservation that nobody else wants is locked and unlocked. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResvLock {

  /** A reservation. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final DmaResv resv = core.open("client").reservation();

    /** Gives everything back. */
    @TearDown
    public void close() {
      core.close();
    }
  }

  /** A lock. */
  @State(Scope.Thread)
  public static class Peer {
    private final ReentrantLock lock = new ReentrantLock();
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    state.resv.lock();
    state.resv.unlock();
  }

  /** The peer's. */
  @Benchmark
  @SuppressWarnings("LockNotBeforeTry") // the pair alone is measured
  public void peer(Peer state) {
    state.lock.lock();
    state.lock.unlock();
  }
}
