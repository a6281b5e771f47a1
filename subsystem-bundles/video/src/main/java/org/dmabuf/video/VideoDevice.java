package org.dmabuf.video;

import org.dmabuf.file.DeviceNode;
import org.dmabuf.negotiation.Importer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A device that captures frames, or makes some of others: an OSGi service, which its driver
 * registers with the properties named here and those of its {@linkplain #needs needs}, also as
 * {@link Importer}. Java code opens it by {@link org.dmabuf.video.node.V4l2Client#open}. Several
 * may have it open; the one that requests buffers owns the queue, and the others get EBUSY until it
 * has freed them.
 *
 * <p>Made by {@link CaptureDevice} and {@link ConverterDevice}. Thread-safe. Kernel counterpart:
 * {@code /dev/videoN}, {@code struct video_device}.
 */
@ProviderType
public interface VideoDevice extends DeviceNode, Importer {
  /** Service property: the device's name, a String such as {@code "capture0"}. */
  String NAME = "dmabuf.device";

  /** Service property: what the device is for, {@link #ROLE_CAPTURE} or {@link #ROLE_CONVERTER}. */
  String ROLE = "dmabuf.role";

  /** Value of {@link #ROLE} for a device that captures. */
  String ROLE_CAPTURE = "capture";

  /** Value of {@link #ROLE} for a device that makes frames of frames. */
  String ROLE_CONVERTER = "converter";

  /** Service property: the names of the pixel formats that it captures, a String[]. */
  String FORMATS = "dmabuf.formats";

  /** Service property: the driver's version, a String. */
  String VERSION = "dmabuf.version";

  /** Returns what the device is and can do, never null, always the same. */
  VideoDeviceInfo info();
}
