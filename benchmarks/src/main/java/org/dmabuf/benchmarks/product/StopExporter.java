package org.dmabuf.benchmarks.product;

import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.osgi.framework.Bundle;

/**
 * An exporter's bundle stops that owns 10,000 live buffers, against one that owns 1,000: from the
 * call of {@code Bundle.stop()} to its return; under WAIT from when the last holder lets go.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StopExporter {
  /** The system property with the policy, as {@code ADOPT}. */
  public static final String POLICY = "dmabuf.bench.policy";

  /** A product whose heap has live buffers. */
  public abstract static class Live {
    private final int buffers;
    private final boolean waits = "WAIT".equals(System.getProperty(POLICY));
    private MeasuredProduct product;
    private Probe probe;
    private Bundle bundle;
    private FutureTask<Void> stopping;

    Live(int buffers) {
      this.buffers = buffers;
    }

    /** Starts the product. */
    @Setup(Level.Trial)
    public void start() throws InterruptedException {
      product = MeasuredProduct.start();
      probe = product.probe();
      bundle = product.bundle(MeasuredProduct.EXPORTER);
      probe.makeHeap(System.getProperty(POLICY, "ADOPT"));
    }

    /** Before each stop. */
    @Setup(Level.Invocation)
    public void take() throws Exception {
      bundle.start();
      probe.hold(buffers);
      if (waits) {
        stopping =
            new FutureTask<>(
                () -> {
                  bundle.stop();
                  return null;
                });
        awaitWaiting(Thread.ofPlatform().start(stopping));
        probe.keep(1);
      }
    }

    /** All let go but one, when the stop waits for them. */
    private static void awaitWaiting(Thread stopper) {
      while (Arrays.stream(stopper.getStackTrace())
          .noneMatch(frame -> frame.getMethodName().equals("awaitReleased"))) {
        if (!stopper.isAlive()) {
          throw new IllegalStateException("The stop did not wait");
        }
        Thread.onSpinWait();
      }
    }

    Void stop() throws Exception {
      if (waits) {
        probe.keep(0);
        return stopping.get();
      }
      bundle.stop();
      return null;
    }

    /** After each stop. */
    @TearDown(Level.Invocation)
    public void letGo() {
      probe.keep(0);
    }

    /** Ends the product. */
    @TearDown(Level.Trial)
    public void close() {
      product.close();
    }
  }

  /** With 10,000. */
  @State(Scope.Thread)
  public static class Ours extends Live {
    /** For JMH. */
    public Ours() {
      super(10_000);
    }
  }

  /** With 1,000. */
  @State(Scope.Thread)
  public static class Peer extends Live {
    /** For JMH. */
    public Peer() {
      super(1000);
    }
  }

  /** The stop of 10,000. */
  @Benchmark
  public void ours(Ours state, Beside beside) throws Exception {
    beside.of(state::stop);
  }

  /** The stop of 1,000. */
  @Benchmark
  public void peer(Peer state, Beside beside) throws Exception {
    beside.of(state::stop);
  }
}
