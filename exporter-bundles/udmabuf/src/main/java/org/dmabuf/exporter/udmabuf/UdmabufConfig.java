package org.dmabuf.exporter.udmabuf;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of buffers over memory files, PID {@code org.dmabuf.udmabuf}. */
@ObjectClassDefinition(name = "Buffers over memory files")
@interface UdmabufConfig {
  @AttributeDefinition(description = "Most items of a list, 1 or more")
  int list_limit() default 1024;

  @AttributeDefinition(description = "Most bytes of a buffer, in MiB, 1 or more")
  long size_limit_mb() default 64;

  @AttributeDefinition(
      required = false,
      description =
          "What becomes of live buffers when this bundle stops; unset, as for all exporters")
  ExportPolicy policy();
}
