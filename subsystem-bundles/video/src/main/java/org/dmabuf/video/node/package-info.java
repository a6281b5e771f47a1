/**
 * Video devices as device nodes: formats, buffers, controls and events by V4L2's requests, and what
 * a driver does behind them.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.video.node;
