package org.dmabuf.display.uapi;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.file.FileTable;

/**
 * A display as a device node has it: with numbers for everything.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_minor} with {@code
 * drm_mode_config.object_idr}.
 */
public final class KmsNode {
  private final KmsDevice device;
  private final Map<Integer, ModeObject> objects = new HashMap<>();
  private final Map<Integer, Connector> encoders = new HashMap<>();
  private final Map<Property, Integer> properties = new EnumMap<>(Property.class);
  private final Blobs blobs = new Blobs();

  private KmsNode(KmsDevice device) {
    this.device = device;
    List<ModeObject> all = new ArrayList<>(device.crtcs());
    all.addAll(device.planes());
    all.addAll(device.connectors());
    all.forEach(object -> objects.put(object.id(), object));
    device.connectors().forEach(connector -> encoders.put(device.nextId(), connector));
    for (Property property : Property.values()) {
      properties.put(property, device.nextId());
    }
  }

  /** Returns the node of a display, never null. */
  public static KmsNode of(KmsDevice device) {
    return new KmsNode(Objects.requireNonNull(device, "device"));
  }

  /**
   * Opens it; the first file is the master.
   *
   * @param caller the client's table, never null
   * @param told called after each event, when a screen was plugged, and when the display has gone,
   *     with no lock held, never null
   * @return the open file, never null
   * @throws DmaBufException ENODEV when the display has gone
   */
  public KmsNodeFile open(FileTable caller, Runnable told) {
    return new KmsNodeFile(this, caller, device.open(caller), told);
  }

  KmsDevice device() {
    return device;
  }

  Blobs blobs() {
    return blobs;
  }

  int id(Property property) {
    return properties.get(property);
  }

  Optional<Property> property(int id) {
    return properties.entrySet().stream()
        .filter(entry -> entry.getValue() == id)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  Optional<ModeObject> object(int id) {
    return Optional.ofNullable(objects.get(id));
  }

  /** Returns the connector of an encoder; each has one. */
  Optional<Connector> encoder(int id) {
    return Optional.ofNullable(encoders.get(id));
  }

  int encoderOf(Connector connector) {
    return encoders.entrySet().stream()
        .filter(entry -> entry.getValue() == connector)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  List<Integer> encoders() {
    return encoders.keySet().stream().sorted().toList();
  }

  /** Returns the CRTC of a number; ENOENT. */
  Crtc crtc(int id) {
    return find(id, Crtc.class);
  }

  /** Returns the plane of a number; ENOENT. */
  Plane plane(int id) {
    return find(id, Plane.class);
  }

  /** Returns the connector of a number; ENOENT. */
  Connector connector(int id) {
    return find(id, Connector.class);
  }

  private <T extends ModeObject> T find(int id, Class<T> type) {
    return object(id)
        .filter(type::isInstance)
        .map(type::cast)
        .orElseThrow(
            () ->
                refused(
                    Errno.ENOENT,
                    "was asked for "
                        + type.getSimpleName()
                        + " "
                        + Integer.toUnsignedString(id)
                        + "; it has none of that number"));
  }

  DmaBufException refused(Errno errno, String why) {
    return new DmaBufException(errno, "Device " + device.info().name() + " " + why);
  }
}
