/**
 * A pipeline from a capture device to a display, by configuration: frames flow through shared
 * buffers without a copy, and each of its devices may be replaced while it runs.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.pipeline;
