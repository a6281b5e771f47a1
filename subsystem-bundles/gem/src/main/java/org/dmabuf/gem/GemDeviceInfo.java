package org.dmabuf.gem;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;

/**
 * What a driver says of its GEM device. Plain data.
 *
 * @param name the node's name, which no other node has; never null or empty
 * @param exporterName under which its dma-bufs are listed, never null or empty
 * @param device what attaches to buffers of others, never null
 * @param policy what becomes of its dma-bufs when the driver's bundle stops, never null. ADOPT is
 *     WAIT for objects that cannot be handed over; under WAIT a stop waits for open files, too
 * @param features what its files can do besides PRIME, never null
 */
public record GemDeviceInfo(
    String name,
    String exporterName,
    DmaDevice device,
    ExportPolicy policy,
    Set<GemFeature> features) {

  /**
   * The name of Linux's DRM core, under which all drivers export that have no name of their own.
   */
  public static final String DRM = "drm";

  /**
   * Checks the names.
   *
   * @throws DmaBufException EINVAL when one of them is empty
   */
  public GemDeviceInfo {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(policy, "policy");
    if (name.isEmpty() || exporterName.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "GEM device '"
              + name
              + "' was to export as '"
              + exporterName
              + "'; it needs a name, and one for its exports");
    }
    features = Set.copyOf(features);
  }

  /**
   * Returns a device without limits on what it can address, exporting as {@value #DRM}.
   *
   * @param name the node's name, never null
   * @param policy what becomes of its dma-bufs when the driver's bundle stops, never null
   * @param features what its files can do besides PRIME, never null
   */
  public static GemDeviceInfo of(String name, ExportPolicy policy, EnumSet<GemFeature> features) {
    return new GemDeviceInfo(name, DRM, DmaDevice.named(name), policy, features);
  }
}
