package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.MemoryAccount;

/**
 * Where a device's queues have their memory from: its own, and dma-bufs of others as it reaches
 * them.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vb2_vmalloc_memops}, {@code vb2_dma_contig_memops}.
 */
public final class QueueMemory {
  private final DmaBufRegistry registry;
  private final String exporterName;
  private final Optional<DmaDevice> attaches;

  private QueueMemory(DmaBufRegistry registry, String exporterName, Optional<DmaDevice> attaches) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.exporterName = Objects.requireNonNull(exporterName, "exporterName");
    this.attaches = attaches;
  }

  /**
   * A device whose driver works with adjacent addresses of the CPU: dma-bufs are vmapped, nothing
   * is attached.
   *
   * @param registry the driver's, never null
   * @param exporterName under which its own buffers are listed, never null
   */
  public static QueueMemory vmalloc(DmaBufRegistry registry, String exporterName) {
    return new QueueMemory(registry, exporterName, Optional.empty());
  }

  /**
   * A device that accesses memory itself: dma-bufs are attached and mapped for it.
   *
   * @param registry the driver's, never null
   * @param exporterName under which its own buffers are listed, never null
   * @param device what it can address, never null
   */
  public static QueueMemory attached(
      DmaBufRegistry registry, String exporterName, DmaDevice device) {
    return new QueueMemory(registry, exporterName, Optional.of(device));
  }

  DmaBufRegistry registry() {
    return registry;
  }

  /** Returns the name under which buffers are exported, never null. */
  public String exporterName() {
    return exporterName;
  }

  /**
   * Makes memory of the device's own, zeroed.
   *
   * @throws DmaBufException ENOMEM when there is not enough, or not in one run for a device that
   *     needs it so; ENODEV when the driver's bundle leaves
   */
  MmapMemory allocate(long bytes, DmaDirection direction, MemoryAccount account) {
    SharedStore shared = new SharedStore(registry.allocate(bytes, account), registry.reservation());
    boolean needsOneRun = attaches.isPresent() && attaches.get().needs().contiguous();
    if (needsOneRun && shared.store().runs() > 1) {
      int runs = shared.store().runs();
      shared.put();
      throw new DmaBufException(
          Errno.ENOMEM,
          "%d bytes for %s lie in %d runs and it needs one; a dma-buf of a contiguous heap works"
              .formatted(bytes, attaches.get().name(), runs));
    }
    return new MmapMemory(shared, direction, registry);
  }

  /** Takes the dma-buf behind a descriptor; EINVAL for any that is none. */
  DmaBuf get(FileTable table, int fd) {
    try {
      return registry.get(table, fd);
    } catch (DmaBufException bad) {
      if (bad.errno() != Errno.EBADF) {
        throw bad;
      }
      throw new DmaBufException(
          Errno.EINVAL, "A buffer was queued without a dma-buf: " + bad.sentence());
    }
  }

  /**
   * Makes a dma-buf a plane's memory.
   *
   * @param handle of which the caller keeps its count when this fails
   * @param length the bytes that are to be used of it
   * @param fenced whether fences in the reservation tell until when the device uses it, so that it
   *     may move while it is not used
   * @throws DmaBufException EFAULT when it is smaller; the exporter's errors
   */
  DmabufMemory imported(DmaBuf handle, long length, DmaDirection direction, boolean fenced) {
    if (length > handle.size()) {
      throw new DmaBufException(
          Errno.EFAULT,
          "%d bytes of %s were queued, which has %d".formatted(length, handle, handle.size()));
    }
    return attaches
        .map(
            device ->
                fenced && handle.isDynamic()
                    ? DmabufMemory.moving(handle, device, direction, registry.meter())
                    : DmabufMemory.attached(handle, device, direction, registry.meter()))
        .orElseGet(() -> DmabufMemory.vmapped(handle, direction, registry.meter()));
  }

  /** Makes memory of a program a plane's. */
  UserMemory user(MemorySegment segment) {
    return new UserMemory(segment, registry.meter());
  }
}
