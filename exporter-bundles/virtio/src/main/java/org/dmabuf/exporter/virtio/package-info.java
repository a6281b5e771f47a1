/** A node with sync objects, as a virtual GPU has them that does no work for anybody else. */
@Capability(
    namespace = "dmabuf.node",
    attribute = "dmabuf.node=" + VirtioGpu.VIRTIO_GPU,
    effective = "active")
package org.dmabuf.exporter.virtio;

import org.osgi.annotation.bundle.Capability;
