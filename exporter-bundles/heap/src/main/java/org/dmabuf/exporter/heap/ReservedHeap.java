package org.dmabuf.exporter.heap;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.heap.DmaHeap;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.heap.HeapDriver;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.ServiceKeys;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The contiguous heap: buffers in one run out of a reserved region of limited size, for devices
 * that cannot gather. Without a configuration there is one, {@code reserved}, of 64 MiB; factory
 * configurations make others. Kernel counterpart: {@code cma_heap.c}.
 */
@Component(
    service = {HeapDevice.class, BufferExporter.class},
    configurationPid = "org.dmabuf.heap.reserved",
    property = {
      HeapDevice.NAME + "=" + ReservedHeap.RESERVED,
      ServiceKeys.ADDRESS_MASK + ":Long=" + SystemHeap.USER_ADDRESSES,
      ServiceKeys.CONTIGUOUS + ":Boolean=true",
      // who asks for any heap gets the system heap, which has more
      "service.ranking:Integer=-1"
    })
@Designate(ocd = ReservedHeapConfig.class)
public final class ReservedHeap implements HeapDevice, HeapDriver, BufferExporter {
  static final String RESERVED = "reserved";

  private final DmaBufRegistry registry;
  private final ExportPolicy policy;
  private final Coherency coherency;
  private final DmaHeap heap;
  private final ReservedRegion region;

  /** Starts the heap; the region's memory is taken at the first allocation. */
  @Activate
  public ReservedHeap(@Reference DmaBufRegistry registry, ReservedHeapConfig config) {
    this.registry = registry;
    this.policy = registry.policy(config.policy());
    this.coherency = Coherency.of(config.coherent());
    this.heap = new DmaHeap(config.dmabuf_exporter(), registry, this);
    if (config.size_mib() < 1 || config.size_mib() > Long.MAX_VALUE >> 20) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Heap " + heap.name() + " was configured with " + config.size_mib() + " MiB; 1 works");
    }
    this.region = registry.reserve(heap.name(), config.size_mib() << 20);
  }

  /** Unregisters the region; buffers of it live on. */
  @Deactivate
  public void stop() {
    region.close();
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
        registry, name(), registry.allocate(region, length, account), policy, fileFlags);
  }
}
