package org.dmabuf.exporter.heap;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the system heap, PID {@code org.dmabuf.heap.system}. */
@ObjectClassDefinition(name = "System heap")
@interface SystemHeapConfig {
  @AttributeDefinition(description = "What becomes of live buffers when this bundle stops")
  ExportPolicy policy() default ExportPolicy.ADOPT;
}
