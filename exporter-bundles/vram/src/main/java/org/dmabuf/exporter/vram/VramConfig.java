package org.dmabuf.exporter.vram;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Configuration of a GEM device whose buffers move, PID and factory PID {@code org.dmabuf.vram}.
 */
@ObjectClassDefinition(name = "GEM device with a region of its own")
@interface VramConfig {
  @AttributeDefinition(description = "Its name, and that of its region, which no other node has")
  String dmabuf_node() default Vram.VRAM;

  @AttributeDefinition(description = "Its name as an exporter, which no other exporter has")
  String dmabuf_exporter() default Vram.VRAM;

  @AttributeDefinition(description = "The size of its region in KiB, a page or more")
  long size_kib() default 16_384;

  @AttributeDefinition(
      required = false,
      description =
          "What becomes of live buffers when this bundle stops; WAIT waits for open files, too;"
              + " unset, as for all exporters")
  ExportPolicy policy();
}
