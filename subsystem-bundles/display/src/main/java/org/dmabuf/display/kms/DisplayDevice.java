package org.dmabuf.display.kms;

import java.util.List;
import org.dmabuf.file.FileTable;
import org.dmabuf.negotiation.Importer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A display, a service that a driver registers: screens with modes, each fed by planes of a CRTC.
 * The service object is of this bundle ({@link KmsDevice}), so that holding it holds nothing of the
 * driver.
 *
 * <pre>
 *   service property   value
 *   dmabuf.device      the name, such as "display0"
 *   dmabuf.role        "display"
 *   dmabuf.formats     String[], the names of the pixel formats
 *   dmabuf.driver      the symbolic name of the driver's bundle
 *   dmabuf.version     the version of the driver's bundle, as text
 *   and those of its needs, see {@link org.dmabuf.negotiation.ServiceKeys}
 * </pre>
 *
 * <p>It is registered as {@link Importer}, too. Thread-safe. Kernel counterpart: {@code
 * /dev/dri/cardN}.
 */
@ProviderType
public interface DisplayDevice extends Importer {
  /** The service property with the device's name. */
  String NAME = "dmabuf.device";

  /** The service property with what the device is for. */
  String ROLE = "dmabuf.role";

  /** The value of {@link #ROLE} for displays. */
  String DISPLAY = "display";

  /** The service property with the names of the pixel formats, a String[]. */
  String FORMATS = "dmabuf.formats";

  /** The service property with the symbolic name of the driver's bundle. */
  String DRIVER = "dmabuf.driver";

  /** The service property with the version of the driver's bundle, as text. */
  String VERSION = "dmabuf.version";

  /** Returns what it is, also after it has gone, never null. */
  KmsInfo info();

  /**
   * Returns in one sentence what the device does now, such as {@code "waits for v4l2 capture0 seq
   * 17 since 3 ms"}; of several screens each with its name; for people; never null.
   */
  String status();

  /** Returns its connectors, never null. */
  List<Connector> connectors();

  /** Returns its CRTCs, never null. */
  List<Crtc> crtcs();

  /** Returns its planes, those of a CRTC from the bottom to the top, never null. */
  List<Plane> planes();

  /**
   * Opens it; the first file is the master and may change what is shown; when it is closed, the
   * next one that is opened is.
   *
   * @param caller the table in which the caller's descriptors are looked up, never null
   * @return the open file, never null
   * @throws org.dmabuf.DmaBufException ENODEV when it has gone
   */
  KmsFile open(FileTable caller);
}
