package org.dmabuf.benchmarks;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A client's handle is taken and dropped; the buffer stays. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RefGetPut {

  /** One buffer with a handle that stays open. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private DmaBuf handle;

    /** Exports the buffer. */
    @Setup
    public void export() {
      handle = new LateBacked(core.open("exporter"), 4096).export();
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      handle.close();
      core.close();
    }
  }

  /** One buffer of Netty's pool. */
  @State(Scope.Thread)
  public static class Peer {
    private ByteBuf buffer;

    /** Takes the buffer. */
    @Setup
    public void allocate() {
      buffer = NettyPool.allocate(4096);
    }

    /** Gives it back. */
    @TearDown
    public void release() {
      buffer.release();
    }

    boolean retainAndRelease() {
      return buffer.retain().release();
    }
  }

  /** Ours. */
  @Benchmark
  public void ours(Ours state) {
    state.handle.get().close();
  }

  /** The peer's. */
  @Benchmark
  public boolean peer(Peer state) {
    return state.retainAndRelease();
  }
}
