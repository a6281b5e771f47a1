/**
 * Fences: one-shot completions that drivers hand to each other, with contexts, callbacks and waits.
 * Kernel counterpart: {@code linux/dma-fence.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.fence;
