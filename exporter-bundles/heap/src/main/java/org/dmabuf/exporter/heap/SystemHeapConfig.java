package org.dmabuf.exporter.heap;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a system heap, PID and factory PID {@code org.dmabuf.heap.system}. */
@ObjectClassDefinition(name = "System heap")
@interface SystemHeapConfig {
  @AttributeDefinition(description = "Its name, which no other heap has")
  String dmabuf_exporter() default SystemHeap.SYSTEM;

  @AttributeDefinition(
      description =
          "Whether CPU and devices see each other's writes at once; if not, only after begin and"
              + " end of a CPU access")
  boolean coherent() default true;

  @AttributeDefinition(
      description = "How dear its memory is to those who ask for any; the least cost is taken")
  int dmabuf_cost() default 0;

  @AttributeDefinition(
      required = false,
      description =
          "What becomes of live buffers when this bundle stops; those that are not coherent cannot"
              + " be adopted and are waited for; unset, as for all exporters")
  ExportPolicy policy();
}
