package org.dmabuf.exporter.gem;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Configuration of an exporter over a GEM device, PID and factory PID {@code
 * org.dmabuf.gem.exporter}.
 */
@ObjectClassDefinition(name = "Exporter over a GEM device")
@interface GemExporterConfig {
  @AttributeDefinition(description = "Its name, which no other exporter has")
  String dmabuf_exporter() default GemExporter.GEM;

  @AttributeDefinition(description = "Filter of the device, such as (dmabuf.node=vgem)")
  String node_target() default "(dmabuf.node=" + Vgem.VGEM + ")";
}
