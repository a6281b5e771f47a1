package org.dmabuf.benchmarks.product;

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

/**
 * The heap's bundle, which owns a thousand live buffers, is replaced by its other version under a
 * pipeline that has its buffers of it, against an update of a bundle with one empty component. Both
 * in a product with that pipeline and those buffers; from the call of {@code Bundle.update()} to
 * its return.
 *
 * <pre>
 *   take 1000 buffers -> update -> so many frames that the successor's have come -> let them go
 *                    <------- the longest time without a frame ------>
 * </pre>
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Swap {
  private static final int BUFFERS = 1000;
  private static final double NANOS_PER_MILLI = 1e6;

  /** A product whose heap has live buffers, with a bundle that is updated in it. */
  public abstract static class Running {
    private final String updated;
    private MeasuredProduct product;
    private MeasuredProduct.Versions bundle;
    private Probe probe;
    private Beside beside; // of the last shot

    Running(String updated) {
      this.updated = updated;
    }

    /** Starts the product. */
    @Setup(Level.Trial)
    public void start() throws InterruptedException {
      product = MeasuredProduct.start();
      bundle = product.versions(updated);
      probe = product.probe();
      probe.startPipeline();
    }

    /** Before each update. */
    @Setup(Level.Invocation)
    public void take() throws InterruptedException {
      probe.hold(BUFFERS);
      probe.beginPause();
    }

    void update(Beside figures) throws Exception {
      beside = figures;
      figures.of(bundle::update);
    }

    /** After each update. */
    @TearDown(Level.Invocation)
    public void letGo() throws InterruptedException {
      beside.pauseMillis = probe.endPause() / NANOS_PER_MILLI;
      beside.frameMillis = 1000.0 / Probe.RATE;
      probe.keep(0);
    }

    /** Ends the product. */
    @TearDown(Level.Trial)
    public void close() {
      probe.stopPipeline();
      product.close();
    }
  }

  /** With the heap's bundle. */
  @State(Scope.Thread)
  public static class Ours extends Running {
    /** For JMH. */
    public Ours() {
      super(MeasuredProduct.EXPORTER);
    }
  }

  /** With the empty bundle. */
  @State(Scope.Thread)
  public static class Peer extends Running {
    /** For JMH. */
    public Peer() {
      super(MeasuredProduct.EMPTY);
    }
  }

  /** The heap's bundle is updated. */
  @Benchmark
  public void ours(Ours state, Beside beside) throws Exception {
    state.update(beside);
  }

  /** The empty bundle is updated. */
  @Benchmark
  public void peer(Peer state, Beside beside) throws Exception {
    state.update(beside);
  }
}
