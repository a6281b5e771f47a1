package org.dmabuf.osgi;

import org.dmabuf.ExportPolicy;
import org.dmabuf.debug.LeakLevel;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The framework's configuration, PID {@code org.dmabuf.framework}. */
@ObjectClassDefinition(name = "DMA-BUF framework")
@interface FrameworkConfig {
  @AttributeDefinition(description = "Most memory for buffers of the whole product, in MiB")
  long pool_mib() default 4096;

  @AttributeDefinition(
      description =
          "Most memory that is kept from the system though no buffer has it, in MiB; beyond it,"
              + " pages are given back down to half")
  long keep_mib() default 256;

  @AttributeDefinition(
      description = "Most memory that one client may have charged, in MiB; 0 for no limit")
  long client_mib() default 0;

  @AttributeDefinition(
      description = "Most live buffers that one bundle may have exported; 0 for no limit")
  long client_buffers() default 0;

  @AttributeDefinition(
      description = "Most descriptors that one bundle may have in all its tables; 0 for no limit")
  long client_files() default 0;

  @AttributeDefinition(
      description = "Most pending fences that one bundle's contexts may have; 0 for no limit")
  long client_fences() default 0;

  @AttributeDefinition(
      description = "Most memory that one bundle may keep from moving, in MiB; 0 for no limit")
  long client_pinned_mib() default 0;

  @AttributeDefinition(description = "Most descriptors that one client's file table may have")
  int files() default 1024;

  @AttributeDefinition(
      description =
          "What becomes of live buffers when an exporter stops whose own configuration does not"
              + " say")
  ExportPolicy policy() default ExportPolicy.ADOPT;

  @AttributeDefinition(
      description = "How long a stopping exporter waits for its buffers under WAIT, in ms")
  long wait_ms() default 5000;

  @AttributeDefinition(
      description =
          "How long a stop waits for a call into the bundle that does not return, in ms; then it is"
              + " interrupted, and waited for as long again")
  long drain_ms() default 2000;

  @AttributeDefinition(
      description =
          "Of how many things that bundles take it is noted where, so that leaks can be told of")
  LeakLevel leaks() default LeakLevel.OFF;

  @AttributeDefinition(description = "With SAMPLED, one thing in so many is noted; 1 or more")
  int leaks_interval() default 128;

  @AttributeDefinition(
      description =
          "Whether mistakes of drivers are looked for; also so when the framework property"
              + " dmabuf.debug is true")
  boolean debug() default false;

  @AttributeDefinition(
      required = false,
      description =
          "Whose time the product takes; unset, what the framework property dmabuf.clock says, and"
              + " the system's without that")
  ClockKind clock();
}
