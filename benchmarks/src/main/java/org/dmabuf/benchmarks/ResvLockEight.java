package org.dmabuf.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.ReservationSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Two threads lock eight of sixty-four at random, again and again. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
public class ResvLockEight {
  private static final int ALL = 64;
  private static final int SOME = 8;
  private static final int SETS = 1024;

  /** Which eight a thread takes next, drawn before the measurement. */
  @State(Scope.Thread)
  public static class Draw {
    private final int[][] sets = new int[SETS][];
    private int next;

    /** Draws. */
    @Setup
    public void draw() {
      SplittableRandom random = new SplittableRandom(Thread.currentThread().threadId());
      for (int i = 0; i < SETS; i++) {
        sets[i] = random.ints(0, ALL).distinct().limit(SOME).toArray();
      }
    }

    int[] next() {
      return sets[next++ & SETS - 1];
    }
  }

  /** Reservations. */
  @State(Scope.Benchmark)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final DmaResv[] all = new DmaResv[ALL];

    /** Makes them. */
    @Setup
    public void make() {
      DmaBufRegistry client = core.open("client");
      Arrays.setAll(all, each -> client.reservation());
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      core.close();
    }
  }

  /** A lock with its place in the order. */
  private static final class Numbered extends ReentrantLock {
    private static final long serialVersionUID = 1L;
    private static final Comparator<Numbered> ORDER = Comparator.comparingLong(one -> one.number);

    private final long number;

    Numbered(long number) {
      this.number = number;
    }
  }

  /** Locks. */
  @State(Scope.Benchmark)
  public static class Peer {
    private final Numbered[] all = new Numbered[ALL];

    /** Makes them. */
    @Setup
    public void make() {
      Arrays.setAll(all, Numbered::new);
    }
  }

  /** Ours. */
  @Benchmark
  @SuppressWarnings("try") // held for its own sake
  public int ours(Ours state, Draw draw) {
    List<DmaResv> some = new ArrayList<>(SOME);
    for (int each : draw.next()) {
      some.add(state.all[each]);
    }
    try (ReservationSet held = state.core.reservations().lockAll(some, 0)) {
      return some.size();
    }
  }

  /** The peer's. */
  @Benchmark
  public int peer(Peer state, Draw draw) {
    List<Numbered> some = new ArrayList<>(SOME);
    for (int each : draw.next()) {
      some.add(state.all[each]);
    }
    some.sort(Numbered.ORDER);
    some.forEach(Numbered::lock);
    try {
      return some.size();
    } finally {
      some.reversed().forEach(Numbered::unlock);
    }
  }
}
