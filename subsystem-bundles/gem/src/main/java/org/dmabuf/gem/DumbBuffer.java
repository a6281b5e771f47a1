package org.dmabuf.gem;

/**
 * What {@link GemIoctl#createDumb} made. Kernel counterpart: {@code struct drm_mode_create_dumb}.
 *
 * @param handle its handle, 1 or more
 * @param pitch bytes from one row to the next, unsigned
 * @param size bytes in all, a multiple of the page size
 */
public record DumbBuffer(int handle, int pitch, long size) {}
