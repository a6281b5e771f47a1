package org.dmabuf.exporter.heap;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a contiguous heap, PID and factory PID {@code org.dmabuf.heap.reserved}. */
@ObjectClassDefinition(name = "Contiguous heap")
@interface ReservedHeapConfig {
  @AttributeDefinition(description = "Its name, which no other heap has; it names the region, too")
  String dmabuf_exporter() default ReservedHeap.RESERVED;

  @AttributeDefinition(description = "The size of its region, in MiB, 1 or more")
  long size_mib() default 64;

  @AttributeDefinition(
      description =
          "Whether CPU and devices see each other's writes at once; if not, only after begin and"
              + " end of a CPU access")
  boolean coherent() default true;

  @AttributeDefinition(
      description =
          "How dear its memory is to those who ask for any; the least cost is taken, and regions"
              + " are small")
  int dmabuf_cost() default 10;

  @AttributeDefinition(
      required = false,
      description =
          "What becomes of live buffers when this bundle stops; those that are not coherent cannot"
              + " be adopted and are waited for; unset, as for all exporters")
  ExportPolicy policy();
}
