package org.dmabuf.exporter.gem;

import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;

/**
 * A blitter in software that knows nothing of vgem: it attaches to the descriptors that it is
 * given, waits for what is pending on their buffers, and adds a fence of its own while it works.
 */
final class Engine implements AutoCloseable {
  private final DmaBufRegistry registry;
  private final FenceContext fences;

  Engine(DmaBufRegistry registry) {
    this.registry = registry;
    this.fences = registry.fenceContext("engine", "blt");
  }

  /** A buffer as the engine has it. */
  final class Surface implements AutoCloseable {
    private final DmaBuf buffer;
    private final Attachment attachment;
    private final SgTable table;

    Surface(VgemRig rig, int fd) {
      buffer = registry.get(rig.files, fd);
      attachment = buffer.attach(DmaDevice.named("engine"));
      table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    }

    private FrameView view() {
      return new FrameView(attachment.access(table), registry.meter());
    }

    /** Waits for those whom such work has to wait for, and is waited for until it is done. */
    private DmaFence begin(boolean write) {
      List<DmaFence> before = buffer.resv().pending(Usage.toWaitFor(write));
      before.forEach(DmaFence::await);
      DmaFence fence = fences.create();
      buffer.resv().lock();
      try {
        buffer.resv().reserveFences(1);
        buffer.resv().addFence(fence, write ? Usage.WRITE : Usage.READ);
      } finally {
        buffer.resv().unlock();
      }
      return fence;
    }

    @Override
    public void close() {
      attachment.unmapUnlocked(table);
      attachment.detach();
      buffer.close();
    }
  }

  Surface surface(VgemRig rig, int fd) {
    return new Surface(rig, fd);
  }

  /** Moves bytes from one to the other. */
  void copy(Surface from, Surface to, long bytes) {
    DmaFence reads = from.begin(false);
    DmaFence writes = to.begin(true);
    FrameView.copy(from.view(), 0, to.view(), 0, bytes);
    fences.signal(reads);
    fences.signal(writes);
  }

  @Override
  public void close() {
    fences.close();
  }
}
