package org.dmabuf.importer.v4l2;

import org.dmabuf.video.queue.QueueFencing;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of an output node, PID and factory PID {@code org.dmabuf.vivid.output}. */
@ObjectClassDefinition(name = "Video output device that can record")
@interface VividOutputConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default VividOutput.NODE;

  @AttributeDefinition(description = "V4L2's codes of its formats, the default first")
  String[] formats() default {"YUYV", "UYVY", "RGBP", "RGB3", "XR24", "GREY", "NV12"};

  @AttributeDefinition(description = "Whether programs describe planes one by one")
  boolean multiplanar() default false;

  @AttributeDefinition(name = "buffers.min", description = "What a request for fewer becomes")
  int buffers_min() default 2;

  @AttributeDefinition(
      name = "buffers.start",
      description = "How many must be queued before it starts")
  int buffers_start() default 0;

  @AttributeDefinition(name = "buffers.max", description = "How many it can have")
  int buffers_max() default 32;

  @AttributeDefinition(
      name = "exporter.name",
      description = "Under which its own buffers are listed")
  String exporter_name() default "videobuf2_vmalloc";

  @AttributeDefinition(description = "How it reaches memory")
  NodeMemory memory() default NodeMemory.VMALLOC;

  @AttributeDefinition(description = "How its queue fences until a program sets it")
  QueueFencing fencing() default QueueFencing.NONE;

  @AttributeDefinition(description = "Frames a second; 0 for each at once when it is queued")
  double rate() default 0;

  @AttributeDefinition(description = "Whether it keeps its last buffer until it has another")
  boolean hold() default true;

  @AttributeDefinition(description = "The file that frames are recorded to; none when empty")
  String record() default "";
}
