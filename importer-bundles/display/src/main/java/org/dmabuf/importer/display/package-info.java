/** A display device, an importer driver. */
@Capability(
    namespace = "dmabuf.importer",
    attribute = {
      "dmabuf.importer=display",
      "role=display",
      "formats:List<String>='NV12,YUV420,YUV422,YUV444,XRGB8888,ARGB8888,RGB565,GREY'"
    },
    effective = "active")
package org.dmabuf.importer.display;

import org.osgi.annotation.bundle.Capability;
