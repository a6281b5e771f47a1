/** Video capture: devices, their queues of buffers, and the sources they take frames from. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.video;
