/** The system heap and the contiguous heap, exporters. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = {
      "dmabuf.exporter=system",
      "formats:List<String>=\"NV12,YU12,YU16,YU24,XR24,AR24,RG16,GREY\""
    },
    effective = "active")
@Capability(
    namespace = "dmabuf.exporter",
    attribute = {
      "dmabuf.exporter=reserved",
      "formats:List<String>=\"NV12,YU12,YU16,YU24,XR24,AR24,RG16,GREY\""
    },
    effective = "active")
package org.dmabuf.exporter.heap;

import org.osgi.annotation.bundle.Capability;
