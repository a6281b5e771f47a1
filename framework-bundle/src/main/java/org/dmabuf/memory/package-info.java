/** Memory: where it comes from, and the only methods that move frame bytes. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.memory;
