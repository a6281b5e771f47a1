package org.dmabuf.planted.keeper;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Takes one thing when a capture device appears, which is when a run has begun, and keeps it; what
 * that needs it has before.
 */
@Component(
    service = {},
    immediate = true)
public final class Keeper {
  private final DmaBufRegistry registry;
  private final Kept kept;
  private final DmaBuf before;
  private final Attachment attachedBefore;
  private final FenceContext fences;
  private final List<Object> held = new ArrayList<>();

  /** Prepares; called by DS when the bundle starts. */
  @Activate
  public Keeper(BundleContext context, @Reference DmaBufRegistry registry) {
    this.registry = registry;
    this.kept = Kept.valueOf(context.getBundle().getHeaders().get("Planted-Fault"));
    this.before = export();
    this.attachedBefore = before.attach(DmaDevice.named("planted"));
    this.fences = registry.fenceContext("planted", "planted");
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindCapture(VideoDevice device) {
    held.add(
        switch (kept) {
          case BUFFER -> export();
          case ATTACHMENT -> before.attach(DmaDevice.named("planted again"));
          case DEVICE_MAPPING -> attachedBefore.mapUnlocked(DmaDirection.TO_DEVICE);
          case CPU_MAPPING -> before.mmap(0, before.size(), false);
          case FENCE -> fences.create();
          case FILE -> registry.fd(before.get(), registry.files(), true);
          case THREAD -> Thread.ofPlatform().name("planted").start(Keeper::idle);
        });
  }

  void unbindCapture(VideoDevice device) {
    // What was taken is kept: that is the fault.
  }

  private static void idle() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }

  private DmaBuf export() {
    BackingStore store = registry.allocate(registry.pageSize(), registry.files().account());
    return registry.export(
        ExportInfo.of("planted", store.size(), new Ops(store), ExportPolicy.REVOKE));
  }

  private record Ops(BackingStore store) implements DmaBufOps, DmaBufOps.Mmappable {
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

    @Override
    public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
      return store.map(arena, offset, length, writable);
    }
  }
}
