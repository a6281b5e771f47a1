/** Pixel formats with their codes in V4L2 and DRM, and the arithmetic of planes and pitches. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.format;
