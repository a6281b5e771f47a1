/** A display device, an importer driver; its buffers are those of a GEM device. */
@Capability(
    namespace = "dmabuf.importer",
    attribute = {
      "dmabuf.importer=display",
      "role=display",
      "formats:List<String>='NV12,YUV420,YUV422,YUV444,YUYV,UYVY,RGB24,XRGB8888,ARGB8888,RGB565,"
          + "XRGB16161616,ARGB16161616,GREY'"
    },
    effective = "active")
@Capability(namespace = "dmabuf.node", attribute = "dmabuf.node=" + Vkms.VKMS, effective = "active")
package org.dmabuf.importer.display;

import org.osgi.annotation.bundle.Capability;
