/**
 * Fences as programs have them: sync files, software timelines that make fences, and sync objects.
 * Kernel counterpart: {@code linux/sync_file.h}, {@code sw_sync.c} and {@code drm/drm_syncobj.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.sync;
