/**
 * Scatter-gather tables: where a mapped buffer lies. Kernel counterpart: {@code
 * linux/scatterlist.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.sg;
