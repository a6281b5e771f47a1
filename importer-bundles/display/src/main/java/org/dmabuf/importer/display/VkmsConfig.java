package org.dmabuf.importer.display;

import org.dmabuf.ExportPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of a display's GEM device, PID and factory PID {@code org.dmabuf.vkms}. */
@ObjectClassDefinition(name = "GEM device of a display")
@interface VkmsConfig {
  @AttributeDefinition(description = "Its name, which no other node has")
  String dmabuf_node() default Vkms.VKMS;

  @AttributeDefinition(
      description =
          "What becomes of live buffers when this bundle stops; WAIT waits for open files, too")
  ExportPolicy policy() default ExportPolicy.ADOPT;
}
