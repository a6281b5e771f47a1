package org.dmabuf.exporter.gem;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a GEM device over pages, PID and factory PID {@code org.dmabuf.vgem}. */
@ObjectClassDefinition(name = "GEM device over pages")
@interface VgemConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default Vgem.VGEM;

  @AttributeDefinition(
      required = false,
      description =
          "What becomes of live buffers when this bundle stops; WAIT waits for open files, too;"
              + " unset, as for all exporters")
  ExportPolicy policy();
}
