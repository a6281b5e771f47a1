package org.dmabuf.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The limits of one bundle, factory PID {@code org.dmabuf.limits}. */
@ObjectClassDefinition(
    name = "DMA-BUF limits of one bundle",
    description = "What one bundle may have; one configuration for each bundle")
@interface LimitsConfig {
  @AttributeDefinition(description = "The bundle's symbolic name")
  String bundle();

  @AttributeDefinition(
      description = "Most memory that it may have charged, in MiB; 0 for no limit, -1 as for all")
  long client_mib() default -1;

  @AttributeDefinition(
      description = "Most live buffers that it may have exported; 0 for no limit, -1 as for all")
  long client_buffers() default -1;

  @AttributeDefinition(
      description = "Most descriptors in all its tables; 0 for no limit, -1 as for all")
  long client_files() default -1;

  @AttributeDefinition(
      description = "Most pending fences of its contexts; 0 for no limit, -1 as for all")
  long client_fences() default -1;

  @AttributeDefinition(
      description = "Most memory that it may keep from moving, in MiB; 0: no limit, -1: as for all")
  long client_pinned_mib() default -1;
}
