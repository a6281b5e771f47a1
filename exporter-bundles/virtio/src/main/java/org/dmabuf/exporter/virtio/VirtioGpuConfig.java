package org.dmabuf.exporter.virtio;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a node, PID and factory PID {@code org.dmabuf.virtio}. */
@ObjectClassDefinition(name = "Sync-object node")
@interface VirtioGpuConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default VirtioGpu.VIRTIO_GPU;
}
