/**
 * Buffers that move between a small fast region and system memory, for GEM drivers of devices with
 * memory of their own. Kernel counterpart: {@code drm/ttm}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.gem.placement;
