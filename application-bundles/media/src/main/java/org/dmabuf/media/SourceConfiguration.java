package org.dmabuf.media;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The configuration of one frame source, of the factory {@value SourceComponent#PID}. */
@ObjectClassDefinition(
    name = "Frame source",
    description = "A service that a capture device takes its frames from")
@interface SourceConfiguration {
  /** The source's name. */
  @AttributeDefinition(description = "The name by which a capture device finds this source")
  String name();

  /** Where the frames are. */
  @AttributeDefinition(
      description = "'pattern', or the path of a Y4M, AVI, JPEG or PNG file, folder or named pipe")
  String location() default PatternReader.LOCATION;

  /** Width, in pixels. */
  @AttributeDefinition(description = "Width in pixels; 0 for the source's own")
  int width() default 0;

  /** Height, in pixels. */
  @AttributeDefinition(description = "Height in pixels; 0 for the source's own")
  int height() default 0;

  /** Pixel format. */
  @AttributeDefinition(description = "Pixel format or fourcc; empty for the source's own")
  String format() default "";

  /** Whether to begin anew at the end. */
  @AttributeDefinition(description = "Whether to begin anew at the end; not for a stream")
  boolean loop() default false;

  /** Frames a second. */
  @AttributeDefinition(description = "Frames a second, such as 30 or 30000/1001; empty for its own")
  String rate() default "";

  /** Whether frames are dropped that nobody takes in time. */
  @AttributeDefinition(description = "Whether frames that nobody takes in time are dropped")
  boolean live() default false;
}
