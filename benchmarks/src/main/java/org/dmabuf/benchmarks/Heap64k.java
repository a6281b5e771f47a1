package org.dmabuf.benchmarks;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.BackingStore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** 64 KiB out of a pool, zeroed, and given back; ours is exported as a buffer on the way. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Heap64k {
  private static final int BYTES = 64 << 10;

  /** A heap, as the system heap does it. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final DmaBufRegistry registry = core.open("heap");

    /** Gives everything back. */
    @TearDown
    public void close() {
      core.close();
    }

    private DmaBuf allocate() {
      BackingStore store = registry.allocate(BYTES, registry.files().account());
      return registry.export(
          ExportInfo.of("heap", BYTES, new StoreOps(store), ExportPolicy.REVOKE));
    }
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    state.allocate().close();
  }

  /** The peer's. */
  @Benchmark
  public boolean peer() {
    ByteBuf buffer = NettyPool.allocate(BYTES);
    buffer.setZero(0, BYTES);
    return buffer.release();
  }
}
