package org.dmabuf.benchmarks;

import java.util.concurrent.TimeUnit;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.sg.SgTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A device maps and unmaps a buffer whose table is cached, taking the reservation for each. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MapUnmapCached {

  /** An attachment whose table is cached. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private DmaBuf handle;
    private Attachment attachment;

    /** Attaches, and maps for the first time. */
    @Setup
    public void attach() {
      handle = new LateBacked(core.open("exporter"), 4096).exportCached();
      attachment = handle.attach(DmaDevice.named("camera"));
      attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL));
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      attachment.detach();
      handle.close();
      core.close();
    }
  }

  /** Ours: the reservation is taken, the buffer mapped and unmapped, the reservation given back. */
  @Benchmark
  public SgTable ours(Ours state) {
    Attachment attachment = state.attachment;
    attachment.resv().lock();
    SgTable table = attachment.map(DmaDirection.BIDIRECTIONAL);
    attachment.unmap(table);
    attachment.resv().unlock();
    return table;
  }

  /** The peer's. */
  @Benchmark
  public boolean peer(RefGetPut.Peer state) {
    return state.retainAndRelease();
  }
}
