package org.dmabuf.importer.v4l2;

import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.file.FileTable;

/** A buffer of an ordinary exporter, which counts who attaches. */
final class CountingOps extends StoreOps {
  final AtomicInteger attached = new AtomicInteger();
  final AtomicInteger detached = new AtomicInteger();

  private CountingOps(DmaBufRegistry registry, long bytes, FileTable files) {
    super(registry.allocate(bytes, files.account()));
  }

  /** A buffer with one handle, the program's, and a descriptor. */
  record Buffer(CountingOps ops, DmaBuf handle, int fd) {}

  static Buffer make(DmaBufRegistry exporter, DmaBufRegistry program, FileTable files, long size) {
    CountingOps ops = new CountingOps(exporter, size, files);
    try (DmaBuf exported =
        exporter.export(ExportInfo.of("test-heap", size, ops, ExportPolicy.REVOKE))) {
      DmaBuf handle = program.adopt(exported);
      return new Buffer(ops, handle, program.fd(handle.get(), files, true));
    }
  }

  @Override
  public void attach(Attachment attachment) {
    attached.incrementAndGet();
  }

  @Override
  public void detach(Attachment attachment) {
    detached.incrementAndGet();
  }
}
