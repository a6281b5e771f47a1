/** A GEM device over ordinary pages, an exporter. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = {
      "dmabuf.exporter=" + GemExporter.GEM,
      "formats:List<String>=\"NV12,YU12,YU16,YU24,XR24,AR24,RG16,GREY\""
    },
    effective = "active")
@Capability(namespace = "dmabuf.node", attribute = "dmabuf.node=" + Vgem.VGEM, effective = "active")
package org.dmabuf.exporter.gem;

import org.osgi.annotation.bundle.Capability;
