package org.dmabuf.pipeline.internal;

import java.util.Map;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;

/** Pages for a pipeline, of a driver that can be told what it offers. */
record TestExporter(DmaBufRegistry driver) implements BufferExporter {
  static final int COUNT = 3;
  static final BufferRequest REQUEST = BufferRequest.frame(64, 48, PixelFormat.GREY);

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    BackingStore store = driver.allocate(spec.bytes(), caller.account());
    return driver.export(
        ExportInfo.of("test", store.size(), new StoreOps(store), ExportPolicy.REVOKE));
  }

  static void offer(DmaBufCore core, Map<String, ?> properties) {
    core.catalog().add(ExporterOffer.of(properties), new TestExporter(core.open("exporter")));
  }

  /** Three buffers of an exporter that nothing is known of. */
  static Buffers buffers(DmaBufCore core, DmaBufRegistry pipeline, Importer... devices) {
    offer(core, Map.of("dmabuf.exporter", "test"));
    return Buffers.allocate(pipeline, REQUEST, COUNT, devices);
  }
}
