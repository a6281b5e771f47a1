package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufCore;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A waiter is woken, and wakes the one who woke it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FenceWake {

  /** The fences of one round. */
  private record Turn(DmaFence there, DmaFence back) {}

  /** A thread that answers a fence with a fence. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final FenceContext context = core.open("driver").fenceContext("driver", "ring");
    private volatile Turn turn = next(); // the one that is awaited
    private Thread answering;

    private Turn next() {
      return new Turn(context.create(), context.create());
    }

    /** Starts the other thread. */
    @Setup
    public void start() {
      // Read here: by the time at which that thread runs the first round may have begun.
      Turn first = turn;
      answering = Thread.ofPlatform().daemon().start(() -> answer(first));
    }

    private void answer(Turn first) {
      Turn now = first;
      while (!context.isClosed()) {
        now.there.await();
        Turn after = turn;
        context.signal(now.back);
        now = after;
      }
    }

    void roundTrip() {
      Turn now = turn;
      turn = next();
      context.signal(now.there);
      now.back.await();
    }

    /** The close wakes the other thread. */
    @TearDown
    public void close() throws InterruptedException {
      context.close();
      answering.join();
      core.close();
    }
  }

  /** A thread that answers a flag with a flag. */
  @State(Scope.Thread)
  public static class Peer {
    private volatile int asked; // 0 answered, 1 asked, 2 end
    private Thread asking;
    private Thread answering;

    /** Starts the other thread. */
    @Setup
    public void start() {
      asking = Thread.currentThread();
      answering = Thread.ofPlatform().daemon().start(this::answer);
    }

    private void answer() {
      while (true) {
        while (asked == 0) {
          LockSupport.park(this);
        }
        if (asked == 2) {
          return;
        }
        asked = 0;
        LockSupport.unpark(asking);
      }
    }

    void roundTrip() {
      asked = 1;
      LockSupport.unpark(answering);
      while (asked == 1) {
        LockSupport.park(this);
      }
    }

    /** Ends the other thread. */
    @TearDown
    public void end() throws InterruptedException {
      asked = 2;
      LockSupport.unpark(answering);
      answering.join();
    }
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    state.roundTrip();
  }

  /** The peer's. */
  @Benchmark
  public void peer(Peer state) {
    state.roundTrip();
  }
}
