/** The buffer queue that all video devices share, with the rules of videobuf2. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.video.queue;
