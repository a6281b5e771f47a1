/** Mapped buffers as Netty's {@code ByteBuf}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.netty;
