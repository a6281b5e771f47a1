/**
 * Mode setting: connectors, CRTCs, planes and framebuffers of a display whose state changes in
 * atomic commits. The integer layer of it is {@code org.dmabuf.display.uapi}. Kernel counterpart:
 * {@code drm_atomic.h}, {@code drm_mode_config.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.display.kms;
