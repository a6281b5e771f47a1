package org.dmabuf.osgi;

import org.dmabuf.Errno;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Faults on purpose, factory PID {@code org.dmabuf.fault}. */
@ObjectClassDefinition(
    name = "DMA-BUF faults",
    description = "Which calls into drivers, and which allocations, are made to fail and how")
@interface FaultConfig {
  @AttributeDefinition(
      description =
          "Symbolic name of the bundle whose driver is called, or that allocates; * is any")
  String bundle();

  @AttributeDefinition(required = false, description = "Which calls; none for all")
  FaultPoint[] points() default {};

  @AttributeDefinition(description = "What becomes of a call that is struck")
  FaultKind kind() default FaultKind.FAIL;

  @AttributeDefinition(description = "What FAIL gives")
  Errno errno() default Errno.EIO;

  @AttributeDefinition(description = "The part of calls that is struck, 0 to 1")
  double rate() default 0.01;

  @AttributeDefinition(description = "How long SLOW takes and HANG lasts at most, in ms")
  long duration_ms() default 1000;

  @AttributeDefinition(description = "By which it is drawn which calls are struck")
  long seed() default 0;
}
