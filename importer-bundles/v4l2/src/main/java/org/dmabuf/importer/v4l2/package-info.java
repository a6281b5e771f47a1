/** Video devices in the manner of V4L2: capture, output and conversion, importer drivers. */
@Capability(
    namespace = "dmabuf.importer",
    attribute = {
      "dmabuf.importer=v4l2",
      "role=capture",
      "formats:List<String>='NV12,YUV420,YUV422,YUV444,YUYV,UYVY,RGB24,XRGB8888,ARGB8888,RGB565,"
          + "XRGB16161616,ARGB16161616,GREY'"
    },
    effective = "active")
@Capability(
    namespace = "dmabuf.importer",
    attribute = {
      "dmabuf.importer=v4l2",
      "role=converter",
      "formats:List<String>='NV12,YUV420,YUV422,YUV444,YUYV,UYVY,RGB24,XRGB8888,ARGB8888,RGB565,"
          + "XRGB16161616,ARGB16161616,GREY'"
    },
    effective = "active")
@Capability(
    namespace = "dmabuf.node",
    attribute = "dmabuf.node=" + VividCapture.NODE,
    effective = "active")
@Capability(
    namespace = "dmabuf.node",
    attribute = "dmabuf.node=" + VividOutput.NODE,
    effective = "active")
@Capability(
    namespace = "dmabuf.node",
    attribute = "dmabuf.node=" + VideoConverter.NODE,
    effective = "active")
@Requirement(namespace = "dmabuf.source", filter = "(dmabuf.source=*)", effective = "active")
package org.dmabuf.importer.v4l2;

import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Requirement;
