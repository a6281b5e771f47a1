package org.dmabuf.display.kms;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;

/** A small exporter, and what a capture device does with its buffers. */
final class TestBuffers {
  private record Ops(BackingStore store, Runnable onDetach) implements DmaBufOps {
    @Override
    public void detach(Attachment attachment) {
      onDetach.run();
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      return store.table(direction.writes());
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    public void release() {
      store.close();
    }
  }

  private TestBuffers() {}

  /** Exports a buffer into the exporter's own table. */
  static int export(DmaBufRegistry exporter, long bytes) {
    return export(exporter, bytes, () -> {});
  }

  /** Exports a buffer whose exporter does something in every detach. */
  static int export(DmaBufRegistry exporter, long bytes, Runnable onDetach) {
    BackingStore store = exporter.allocate(bytes, exporter.files().account());
    DmaBuf buffer =
        exporter.export(
            ExportInfo.of("test", bytes, new Ops(store, onDetach), ExportPolicy.REVOKE));
    return exporter.fd(buffer, exporter.files(), true);
  }

  /** Writes a frame of samples that follow from a seed; returns its checksum. */
  static int write(DmaBufRegistry writer, int fd, FrameLayout layout, byte seed) {
    byte[][] rows = new byte[layout.planes().size()][];
    for (int p = 0; p < rows.length; p++) {
      rows[p] = new byte[layout.planes().get(p).rowBytes()];
      for (int x = 0; x < rows[p].length; x++) {
        rows[p][x] = (byte) (seed + x * (p + 1));
      }
    }
    return write(writer, fd, layout, rows);
  }

  /** Writes the same row to all rows of each plane; returns the frame's checksum. */
  static int write(DmaBufRegistry writer, int fd, FrameLayout layout, byte[][] rows) {
    try (DmaBuf buffer = writer.get(fd);
        Attachment attachment = buffer.attach(DmaDevice.named("writer"))) {
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      try {
        FrameView view = new FrameView(attachment.access(table), writer.meter());
        for (int p = 0; p < rows.length; p++) {
          FrameLayout.Plane plane = layout.planes().get(p);
          for (int y = 0; y < plane.rows(); y++) {
            view.write(plane.offset() + (long) y * plane.pitch(), rows[p], 0, plane.rowBytes());
          }
        }
        return FrameChecksum.of(view.as(Transfer.VERIFIED), layout);
      } finally {
        attachment.unmapUnlocked(table);
      }
    }
  }

  /** Puts a fence on a buffer's reservation. */
  static void reserve(DmaBufRegistry client, int fd, DmaFence fence, Usage usage) {
    try (DmaBuf buffer = client.get(fd)) {
      DmaResv resv = buffer.resv();
      resv.lock();
      try {
        resv.reserveFences(1);
        resv.addFence(fence, usage);
      } finally {
        resv.unlock();
      }
    }
  }
}
