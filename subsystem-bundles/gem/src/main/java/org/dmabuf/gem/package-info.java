/**
 * GEM: buffers that programs name by handles of an open device, and PRIME, by which they are shared
 * with other devices as dma-bufs. Kernel counterpart: {@code drm/drm_gem.h}, {@code
 * drm/drm_prime.h}, {@code drm/drm_dumb_buffers.c}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.gem;
