package org.dmabuf.pipeline.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The configuration of one pipeline, factory PID {@code org.dmabuf.pipeline}. */
@ObjectClassDefinition(name = "DMA-BUF pipeline")
@interface PipelineConfig {
  @AttributeDefinition(description = "The pipeline's name")
  String name();

  @AttributeDefinition(description = "Filter of the capture device, such as (dmabuf.device=cam0)")
  String capture_target() default "(dmabuf.role=capture)";

  @AttributeDefinition(
      description =
          "Filter of the exporters that buffers may come from, such as (dmabuf.exporter=system);"
              + " of these the cheapest that suits all devices")
  String exporter_target() default "(dmabuf.exporter=*)";

  @AttributeDefinition(description = "Filter of the display, such as (dmabuf.device=display0)")
  String display_target() default "(dmabuf.role=display)";

  @AttributeDefinition(description = "Width of the frames in pixels")
  int width();

  @AttributeDefinition(description = "Height of the frames in pixels")
  int height();

  @AttributeDefinition(description = "Format of the frames, as fourcc or name")
  String format() default "NV12";

  @AttributeDefinition(
      description =
          "Format that a converter makes of them for the display, as fourcc or name; empty for no"
              + " converter")
  String convert() default "";

  @AttributeDefinition(
      name = "convert.width",
      description = "Width that a converter makes of them, in pixels; 0 for the same")
  int convert_width() default 0;

  @AttributeDefinition(
      name = "convert.height",
      description = "Height that a converter makes of them, in pixels; 0 for the same")
  int convert_height() default 0;

  @AttributeDefinition(description = "Filter of the converter, such as (dmabuf.device=convert0)")
  String converter_target() default "(dmabuf.role=converter)";

  @AttributeDefinition(
      description = "Frames a second as N or N/D, for capture and display; or max to run free")
  String rate() default "60";

  @AttributeDefinition(
      description =
          "Whether frames are on an overlay plane above a background, and not the whole screen")
  boolean overlay() default false;

  @AttributeDefinition(description = "The screen then, as WxH; empty for as large as the frames")
  String screen() default "";

  @AttributeDefinition(description = "The left edge of the frames on it, in pixels")
  int overlay_x() default 0;

  @AttributeDefinition(description = "The upper edge of the frames on it, in pixels")
  int overlay_y() default 0;

  @AttributeDefinition(description = "The width to which frames are scaled; 0 for their own")
  int overlay_width() default 0;

  @AttributeDefinition(description = "The height to which frames are scaled; 0 for their own")
  int overlay_height() default 0;

  @AttributeDefinition(description = "How opaque frames are, in percent")
  int overlay_alpha() default 100;

  @AttributeDefinition(description = "How high the plane of the frames is; the background is at 0")
  int overlay_zpos() default 1;

  @AttributeDefinition(
      description = "A colour, or two for a gradient from top to bottom: #203040-#8090a0")
  String background() default "#203040-#8090a0";

  @AttributeDefinition(description = "Number of buffers, 3 to 64")
  int buffers() default 4;

  @AttributeDefinition(description = "Frames after which the pipeline ends; 0 for no limit")
  long frames() default 0;

  @AttributeDefinition(
      description = "Frames it may show until it is told to go on; 0 for no such limit")
  long allow() default 0;

  @AttributeDefinition(
      description = "What to do after a frame that the source could not deliver",
      options = {
        @Option(label = "Go on", value = "continue"),
        @Option(label = "End", value = "end")
      })
  String on_error() default "continue";

  @AttributeDefinition(
      description = "How devices wait for each other",
      options = {
        @Option(label = "By fences on the reservation", value = "implicit"),
        @Option(label = "By the program, as V4L2 does", value = "none")
      })
  String fencing() default "implicit";

  @AttributeDefinition(description = "Whether the source is live, so that gaps are dropped frames")
  boolean live() default false;

  @AttributeDefinition(description = "Y4M file to record what was displayed to; empty for none")
  String record() default "";

  @AttributeDefinition(description = "Stream header of that file; empty to make one")
  String record_header() default "";

  @AttributeDefinition(
      description = "How long to wait for a device that left or has not come, in ms")
  long successor_timeout_ms() default 10_000;

  @AttributeDefinition(description = "How long frames may stand still, in ms")
  long stall_timeout_ms() default 10_000;
}
