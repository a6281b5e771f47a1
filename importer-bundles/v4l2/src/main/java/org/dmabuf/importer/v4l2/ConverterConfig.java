package org.dmabuf.importer.v4l2;

import org.dmabuf.pixel.Filter;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of one converter, factory PID {@code org.dmabuf.v4l2.converter}. */
@ObjectClassDefinition(name = "V4L2-like converter for pipelines")
@interface ConverterConfig {
  @AttributeDefinition(description = "The device's name, such as convert0")
  String device();

  @AttributeDefinition(
      name = "pitch.align",
      description = "What every pitch is a multiple of, in bytes: a power of two")
  int pitch_align() default 64;

  @AttributeDefinition(description = "How pixels are made where sizes differ")
  Filter filter() default Filter.BILINEAR;
}
