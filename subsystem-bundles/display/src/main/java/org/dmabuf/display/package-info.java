/**
 * Displays as services: modes, framebuffers over shared buffers, page flips that wait for fences, a
 * vblank clock and events. Kernel counterpart: KMS ({@code drm_mode.h}, {@code drm_crtc.h}).
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.display;
