package org.dmabuf.importer.v4l2;

import org.dmabuf.pixel.Filter;
import org.dmabuf.video.queue.QueueFencing;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a converter, PID and factory PID {@code org.dmabuf.vim2m}. */
@ObjectClassDefinition(name = "Video device that makes frames of frames")
@interface VideoConverterConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default VideoConverter.NODE;

  @AttributeDefinition(description = "V4L2's codes of its formats, the default first")
  String[] formats() default {
    "YUYV", "UYVY", "RGBP", "RGB3", "XR24", "AR24", "GREY", "NV12", "YU12"
  };

  @AttributeDefinition(description = "Whether programs describe planes one by one")
  boolean multiplanar() default false;

  @AttributeDefinition(name = "buffers.min", description = "What a request for fewer becomes")
  int buffers_min() default 1;

  @AttributeDefinition(name = "buffers.max", description = "How many each queue can have")
  int buffers_max() default 32;

  @AttributeDefinition(
      name = "exporter.name",
      description = "Under which its own buffers are listed")
  String exporter_name() default "videobuf2_vmalloc";

  @AttributeDefinition(description = "How it reaches memory")
  NodeMemory memory() default NodeMemory.VMALLOC;

  @AttributeDefinition(description = "How its queues fence until a program sets it")
  QueueFencing fencing() default QueueFencing.NONE;

  @AttributeDefinition(description = "How pixels are made where sizes differ")
  Filter filter() default Filter.BILINEAR;
}
