package org.dmabuf.benchmarks.product;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
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
 * An importer's bundle stops that has 10,000 attachments, all mapped, against one that has 1,000:
 * from the call of {@code Bundle.stop()} to its return.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StopImporter {

  /** A product with an importer that has attachments. */
  public abstract static class Attached {
    private final int attachments;
    private MeasuredProduct product;
    private Bundle bundle;

    Attached(int attachments) {
      this.attachments = attachments;
    }

    /** Starts the product. */
    @Setup(Level.Trial)
    public void start() throws InterruptedException {
      product = MeasuredProduct.start();
      bundle = product.bundle(MeasuredProduct.ATTACHER);
    }

    /** Before each stop. */
    @Setup(Level.Invocation)
    public void attach() throws Exception {
      bundle.start();
      product.service(IntConsumer.class).accept(attachments);
    }

    Void stop() throws Exception {
      bundle.stop();
      return null;
    }

    /** Ends the product. */
    @TearDown(Level.Trial)
    public void close() {
      product.close();
    }
  }

  /** With 10,000. */
  @State(Scope.Thread)
  public static class Ours extends Attached {
    /** For JMH. */
    public Ours() {
      super(10_000);
    }
  }

  /** With 1,000. */
  @State(Scope.Thread)
  public static class Peer extends Attached {
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
