/** Buffers over the pages of memory files, an exporter. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = "dmabuf.exporter=" + Udmabuf.UDMABUF,
    effective = "active")
package org.dmabuf.exporter.udmabuf;

import org.osgi.annotation.bundle.Capability;
