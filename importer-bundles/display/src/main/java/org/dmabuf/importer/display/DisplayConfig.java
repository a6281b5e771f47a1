package org.dmabuf.importer.display;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of one display, factory PID {@code org.dmabuf.display}. */
@ObjectClassDefinition(
    name = "Display",
    description = "A display that shows planes of shared buffers")
@interface DisplayConfig {
  @AttributeDefinition(description = "Name of the device")
  String device() default "display0";

  @AttributeDefinition(
      description = "What the pitch of every plane must be a multiple of, in bytes; a power of two")
  int pitch_align() default 64;

  @AttributeDefinition(description = "Least width of a mode or a framebuffer, in pixels")
  int min_width() default 1;

  @AttributeDefinition(description = "Least height of a mode or a framebuffer, in pixels")
  int min_height() default 1;

  @AttributeDefinition(description = "Greatest width of a mode or a framebuffer, in pixels")
  int max_width() default 16384;

  @AttributeDefinition(description = "Greatest height of a mode or a framebuffer, in pixels")
  int max_height() default 16384;

  @AttributeDefinition(
      description =
          "What its screens prefer, the best first, as width x height @ Hz; a screen each, of which"
              + " modes are separated by commas; none for one screen as large as the limits allow,"
              + " up to 1920x1080@60")
  String[] screens() default {};

  @AttributeDefinition(description = "Planes between the primary one and the cursor, each screen")
  int overlays() default 2;

  @AttributeDefinition(description = "Whether each screen has a cursor plane")
  boolean cursor() default true;

  @AttributeDefinition(description = "Whether each screen's picture can be written into a buffer")
  boolean writeback() default true;
}
