/** The system heap, an exporter driver. */
@Capability(
    namespace = "dmabuf.exporter",
    attribute = "dmabuf.exporter=system",
    effective = "active")
package org.dmabuf.exporter.heap;

import org.osgi.annotation.bundle.Capability;
