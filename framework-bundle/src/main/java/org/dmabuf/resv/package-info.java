/**
 * Reservations: who must wait for whom before touching a buffer, and the ww-mutex that guards them.
 * Kernel counterpart: {@code linux/dma-resv.h}, {@code linux/ww_mutex.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.resv;
