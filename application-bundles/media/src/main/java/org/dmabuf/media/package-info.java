/** Frame sources as services. */
@Capability(
    namespace = "dmabuf.source",
    attribute = {"dmabuf.source=pattern", "kinds:List<String>='pattern,y4m,picture,mjpeg'"},
    effective = "active")
package org.dmabuf.media;

import org.osgi.annotation.bundle.Capability;
