package org.dmabuf.importer.v4l2;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of one capture device, factory PID {@code org.dmabuf.v4l2.capture}. */
@ObjectClassDefinition(name = "V4L2-like capture device")
@interface CaptureConfig {
  @AttributeDefinition(description = "The device's name, such as capture0")
  String device();

  // Without a default: an empty filter would be none, and any source is what is meant.
  @AttributeDefinition(
      name = "source.target",
      required = false,
      description = "Filter of the frame source, such as (dmabuf.source=pattern); any without it")
  String source_target();

  @AttributeDefinition(
      name = "pitch.align",
      description = "What every pitch is a multiple of, in bytes: a power of two")
  int pitch_align() default 64;
}
