package org.dmabuf.exporter.virtio;

import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A node whose open files have sync objects. Without a configuration there is one, {@code
 * virtio_gpu}; factory configurations make others with other names.
 *
 * <p>Thread-safe. What is open is the framework's and works on when this bundle is replaced. Kernel
 * counterpart: a node of {@code virtio_gpu}, of which only DRIVER_SYNCOBJ and
 * DRIVER_SYNCOBJ_TIMELINE.
 */
@Component(
    service = DeviceNode.class,
    configurationPid = "org.dmabuf.virtio",
    property = DeviceNode.NAME + "=" + VirtioGpu.VIRTIO_GPU)
@Designate(ocd = VirtioGpuConfig.class)
public final class VirtioGpu implements DeviceNode {
  static final String VIRTIO_GPU = "virtio_gpu";

  private final DmaBufRegistry registry;
  private final String name;

  /**
   * Starts the node.
   *
   * @throws DmaBufException EINVAL for an empty name
   */
  @Activate
  public VirtioGpu(@Reference DmaBufRegistry registry, VirtioGpuConfig config) {
    if (config.dmabuf_node().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A sync-object node was configured without a name; dmabuf.node gives it");
    }
    this.registry = registry;
    this.name = config.dmabuf_node();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int open(FileTable caller, int flags) {
    return registry.syncObjDevice(caller, name, flags);
  }
}
