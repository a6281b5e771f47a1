package org.dmabuf.exporter.heap;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.heap.DmaHeap;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.heap.HeapDriver;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.ServiceKeys;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The system heap: page-granular, scattered memory out of the framework's pool, for devices that
 * can gather. Without a configuration there is one, {@code system}; factory configurations make
 * others with other names, such as one that is not coherent. Kernel counterpart: {@code
 * system_heap.c}.
 */
@Component(
    service = {HeapDevice.class, BufferExporter.class},
    configurationPid = "org.dmabuf.heap.system",
    property = {
      HeapDevice.NAME + "=" + SystemHeap.SYSTEM,
      ServiceKeys.ADDRESS_MASK + ":Long=" + SystemHeap.USER_ADDRESSES
    })
@Designate(ocd = SystemHeapConfig.class)
public final class SystemHeap implements HeapDevice, HeapDriver, BufferExporter {
  static final String SYSTEM = "system";

  /** Where Linux maps memory for those who do not ask for more, on 64-bit x86 and ARM. */
  static final long USER_ADDRESSES = (1L << 48) - 1;

  private final DmaBufRegistry registry;
  private final ExportPolicy policy;
  private final Coherency coherency;
  private final DmaHeap heap;

  /** Starts the heap. */
  @Activate
  public SystemHeap(@Reference DmaBufRegistry registry, SystemHeapConfig config) {
    this.registry = registry;
    this.policy = registry.policy(config.policy());
    this.coherency = Coherency.of(config.coherent());
    this.heap = new DmaHeap(config.dmabuf_exporter(), registry, this);
  }

  @Override
  public String name() {
    return heap.name();
  }

  @Override
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    return heap.allocate(caller, length, fdFlags, heapFlags);
  }

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    return heap.allocate(spec, caller);
  }

  @Override
  public DmaBuf allocate(long length, int fileFlags, MemoryAccount account) {
    return coherency.export(
        registry, name(), registry.allocate(length, account), policy, fileFlags);
  }
}
