package org.dmabuf.gem;

import org.dmabuf.file.DeviceNode;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A device with GEM objects, as a service that its driver registers; programs open it by its name
 * and use {@link GemIoctl}, Java code {@link GemClient}.
 *
 * <p>All files opened of one device share its objects. Thread-safe. Kernel counterpart: {@code
 * struct drm_device} with its node {@code /dev/dri/cardN}.
 */
@ProviderType
public interface GemDevice extends DeviceNode {
  /** Returns what the device can do; also after it has gone; never null. */
  GemDeviceInfo info();
}
