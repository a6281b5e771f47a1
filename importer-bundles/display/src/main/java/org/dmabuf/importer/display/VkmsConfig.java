package org.dmabuf.importer.display;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a display with modes, PID and factory PID {@code org.dmabuf.vkms}. */
@ObjectClassDefinition(name = "Display with modes, planes and GEM buffers")
@interface VkmsConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default Vkms.VKMS;

  @AttributeDefinition(
      description =
          "What becomes of live buffers when this bundle stops; WAIT waits for open files, too")
  ExportPolicy policy() default ExportPolicy.ADOPT;

  @AttributeDefinition(
      description =
          "What its screens prefer, the best first, as width x height @ Hz; a screen each, of which"
              + " modes are separated by commas")
  String[] screens() default "640x480@30";

  @AttributeDefinition(description = "What its planes show, by name or code")
  String[] formats() default {"XR24", "AR24", "RG16", "XR48", "AR48"};

  @AttributeDefinition(description = "Least side of a framebuffer or a mode, in pixels")
  int min_side() default 10;

  @AttributeDefinition(description = "Greatest side of a framebuffer or a mode, in pixels")
  int max_side() default 8192;

  @AttributeDefinition(description = "Planes between the primary one and the cursor, each screen")
  int overlays() default 0;

  @AttributeDefinition(description = "Whether each screen has a cursor plane")
  boolean cursor() default false;

  @AttributeDefinition(description = "Whether each screen's picture can be written into a buffer")
  boolean writeback() default false;

  @AttributeDefinition(description = "Whether planes can be scaled")
  boolean scaling() default false;

  @AttributeDefinition(description = "Whether one picture can be shown and written at once")
  boolean cloning() default false;

  @AttributeDefinition(description = "Whether a flip may come at once, without a vblank")
  boolean async() default false;
}
