package org.dmabuf.video;

import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.negotiation.Importer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A capture device: an OSGi service, which its driver registers with the properties named here and
 * those of its {@linkplain #needs needs}, also as {@link Importer}.
 *
 * <p>Made by {@link CaptureDevice}; drivers implement {@link CaptureDriver}. Thread-safe. Kernel
 * counterpart: {@code /dev/videoN}, {@code struct video_device}.
 */
@ProviderType
public interface VideoDevice extends Importer {
  /** Service property: the device's name, a String such as {@code "capture0"}. */
  String NAME = "dmabuf.device";

  /** Service property: what the device is for, {@link #ROLE_CAPTURE}. */
  String ROLE = "dmabuf.role";

  /** Value of {@link #ROLE} for a device that captures. */
  String ROLE_CAPTURE = "capture";

  /** Service property: the names of the pixel formats that it captures, a String[]. */
  String FORMATS = "dmabuf.formats";

  /** Service property: the driver's version, a String. */
  String VERSION = "dmabuf.version";

  /** Returns what the device is and can do, never null, always the same. */
  VideoDeviceInfo info();

  /**
   * Opens the device. Several may have it open; the one that requests buffers owns the queue, and
   * the others get EBUSY until it has freed them.
   *
   * @param caller the descriptors of the caller, in which the file gets one and which the
   *     descriptors that it queues are of; never null
   * @return the open device, which is closed with {@code caller} at the latest; never null
   * @throws DmaBufException ENODEV when the device is gone; EMFILE, EBADF as {@link
   *     FileTable#install}
   */
  VideoFile open(FileTable caller);
}
