package org.dmabuf.example.driver;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.file.FileTable;
import org.dmabuf.heap.DmaHeap;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.heap.HeapDriver;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A heap with the name "example": its buffers are pages that any device can use. */
@Component(
    service = {HeapDevice.class, BufferExporter.class}, // by name, and for any that suits
    property = HeapDevice.NAME + "=" + ExampleHeap.NAME)
public final class ExampleHeap implements HeapDevice, HeapDriver, BufferExporter {
  static final String NAME = "example";

  private final DmaBufRegistry registry; // this bundle's own side of the framework
  private final DmaHeap heap; // what all heaps share: checks, rounding to pages, descriptors

  @Activate
  public ExampleHeap(@Reference DmaBufRegistry registry) {
    this.registry = registry;
    this.heap = new DmaHeap(NAME, registry, this);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Called by users. */
  @Override
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    return heap.allocate(caller, length, fdFlags, heapFlags);
  }

  /** Called when it is the cheapest that suits all devices; unless told otherwise it has pages. */
  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    return heap.allocate(spec, caller);
  }

  /**
   * Called by {@link DmaHeap}, with arguments that are right. What the framework asks of a buffer
   * (map, mmap, vmap, release), StoreOps do over its pages; as they can hand these over, users
   * notice nothing when this bundle goes.
   */
  @Override
  public DmaBuf allocate(long length, int fileFlags, MemoryAccount account) {
    BackingStore store = registry.allocate(length, account); // zeroed, and charged to the user
    try {
      return registry.export(
          ExportInfo.of(NAME, length, new StoreOps(store), ExportPolicy.ADOPT)
              .withFileFlags(fileFlags));
    } catch (RuntimeException refused) {
      store.close();
      throw refused;
    }
  }
}
