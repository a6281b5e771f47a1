/**
 * Sharing buffers between drivers: exporters, importers, attachments, mappings and the registry
 * that keeps the books. Kernel counterpart: {@code linux/dma-buf.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf;
