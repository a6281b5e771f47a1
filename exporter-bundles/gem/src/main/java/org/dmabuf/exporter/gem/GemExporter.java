package org.dmabuf.exporter.gem;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.gem.DumbExport;
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

  private final String name;
  private final DumbExport dumb;
  private final DmaBufRegistry registry;

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
    this.name = config.dmabuf_exporter();
    this.dumb = new DumbExport(name, node, registry.pageSize());
    this.registry = registry;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    return dumb.allocate(registry, spec.bytes(), caller);
  }

  @Override
  public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
    return dumb.allocate(caller, length, fdFlags, heapFlags);
  }
}
