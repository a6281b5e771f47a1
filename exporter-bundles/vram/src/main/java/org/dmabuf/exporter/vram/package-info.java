/** A GEM device with a fast region of its own, an exporter whose buffers move. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = {
      "dmabuf.exporter=" + Vram.VRAM,
      "formats:List<String>=\"NV12,YU12,YU16,YU24,XR24,AR24,RG16,GREY\""
    },
    effective = "active")
@Capability(namespace = "dmabuf.node", attribute = "dmabuf.node=" + Vram.VRAM, effective = "active")
package org.dmabuf.exporter.vram;

import org.osgi.annotation.bundle.Capability;
