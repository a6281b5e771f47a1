/**
 * What all of a display's users know: modes, the arithmetic of vblanks, and pictures. Displays as
 * services are in {@code org.dmabuf.display.kms}. Kernel counterpart: {@code drm_modes.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.display;
