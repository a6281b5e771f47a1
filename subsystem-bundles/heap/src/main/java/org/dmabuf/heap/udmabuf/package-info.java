/** Buffers over the pages of memory files. Kernel counterpart: {@code uapi/linux/udmabuf.h}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.heap.udmabuf;
