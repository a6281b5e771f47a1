/**
 * Mode setting as programs know it: numbers, structures and errno of {@code /dev/dri/cardN}, above
 * {@code org.dmabuf.display.kms}. Kernel counterpart: {@code include/uapi/drm/drm_mode.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.display.uapi;
