/**
 * Fences as open files: sync files, and software timelines that make them. Kernel counterpart:
 * {@code linux/sync_file.h} and {@code sw_sync.c}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.sync;
