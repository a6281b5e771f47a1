package org.dmabuf.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
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
 * 64 buffers come and go among so many live ones: exported, attached, mapped, unmapped, detached,
 * released. What is measured is one of the 64.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MillionBuffers {
  private static final int COMING_AND_GOING = 64;
  private static final int BYTES = 4096;

  /** Live buffers that nobody has mapped. */
  private static final class Live {
    private final DmaBufCore core = DmaBufCore.create();
    private final DmaBufRegistry registry = core.open("exporter");
    private final DmaDevice camera = DmaDevice.named("camera");
    private final List<DmaBuf> live;
    private final List<DmaBuf> buffers = new ArrayList<>(COMING_AND_GOING);
    private final List<Attachment> attachments = new ArrayList<>(COMING_AND_GOING);

    Live(int count) {
      live = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        live.add(new LateBacked(registry, BYTES).export());
      }
      // They have lived long: their move to the old generation belongs to no measurement.
      System.gc();
    }

    void cycle() {
      for (int i = 0; i < COMING_AND_GOING; i++) {
        DmaBuf buffer = new LateBacked(registry, BYTES).export();
        buffers.add(buffer);
        attachments.add(buffer.attach(camera));
      }
      for (Attachment attachment : attachments) {
        attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL));
      }
      attachments.forEach(Attachment::detach);
      buffers.forEach(DmaBuf::close);
      attachments.clear();
      buffers.clear();
    }

    void close() {
      live.forEach(DmaBuf::close);
      core.close();
    }
  }

  /** A million of them. */
  @State(Scope.Thread)
  public static class Ours {
    private Live live;

    /** Exports them. */
    @Setup
    public void export() {
      live = new Live(1_000_000);
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      live.close();
    }
  }

  /** A hundred of them. */
  @State(Scope.Thread)
  public static class Peer {
    private Live live;

    /** Exports them. */
    @Setup
    public void export() {
      live = new Live(100);
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      live.close();
    }
  }

  /** Among a million. */
  @Benchmark
  @OperationsPerInvocation(COMING_AND_GOING)
  public void ours(Ours state) {
    state.live.cycle();
  }

  /** Among a hundred. */
  @Benchmark
  @OperationsPerInvocation(COMING_AND_GOING)
  public void peer(Peer state) {
    state.live.cycle();
  }
}
