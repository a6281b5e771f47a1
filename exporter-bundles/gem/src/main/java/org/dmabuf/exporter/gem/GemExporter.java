package org.dmabuf.exporter.gem;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.DumbBuffer;
import org.dmabuf.gem.GemIoctl;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.ServiceKeys;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Buffers of a GEM device for those who ask any exporter by its name and know nothing of handles.
 * It does what a program does: it opens the device, makes a dumb buffer, shares it, and closes the
 * device; the descriptor is all that is left.
 *
 * <p>Thread-safe.
 */
@Component(
    service = {HeapDevice.class, BufferExporter.class},
    configurationPid = "org.dmabuf.gem.exporter",
    property = {
      HeapDevice.NAME + "=" + GemExporter.GEM,
      // who asks for any heap gets the system heap
      "service.ranking:Integer=-2",
      ServiceKeys.COST + ":Integer=5"
    })
@Designate(ocd = GemExporterConfig.class)
public final class GemExporter implements HeapDevice, BufferExporter {
  static final String GEM = "gem";

  private static final int BITS_PER_BYTE = 8;

  private final String name;
  private final DeviceNode node;
  private final DmaBufRegistry registry;
  private final int pageSize;

  /**
   * Starts the exporter.
   *
   * @throws DmaBufException EINVAL for an empty name
   */
  @Activate
  public GemExporter(
      @Reference(name = "node") DeviceNode node,
      @Reference DmaBufRegistry registry,
      GemExporterConfig config) {
    if (config.dmabuf_exporter().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "An exporter over " + node.name() + " was configured without a name");
    }
    this.name = config.dmabuf_exporter();
    this.node = node;
    this.registry = registry;
    this.pageSize = registry.pageSize();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    int fd = allocate(caller, spec.bytes(), OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC, 0);
    try {
      return registry.get(caller, fd);
    } finally {
      caller.close(fd);
    }
  }

  @Override
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    long pages = Long.divideUnsigned(length, pageSize) + (length % pageSize == 0 ? 0 : 1);
    if (length == 0 || heapFlags != 0 || pages > Integer.MAX_VALUE) {
      throw new DmaBufException(
          Errno.EINVAL,
          Long.toUnsignedString(length)
              + " bytes were asked of exporter "
              + name
              + " with flags 0x"
              + Long.toHexString(heapFlags)
              + "; 1 byte to less than 4 GiB, and flags 0 would work");
    }
    int device = node.open(caller, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
    try {
      // A row for each page: so the size is that of the pages.
      DumbBuffer made = GemIoctl.createDumb(caller, device, pageSize, (int) pages, BITS_PER_BYTE);
      return GemIoctl.handleToFd(caller, device, made.handle(), fdFlags);
    } finally {
      caller.close(device);
    }
  }
}
