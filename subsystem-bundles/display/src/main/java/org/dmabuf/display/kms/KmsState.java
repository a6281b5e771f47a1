package org.dmabuf.display.kms;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What all parts of a display are set to at one moment. Immutable; what comes of a change is
 * another one. Kernel counterpart: {@code struct drm_atomic_state}.
 */
public final class KmsState {
  private final Map<Crtc, CrtcState> crtcs;
  private final Map<Plane, PlaneState> planes;
  private final Map<Connector, ConnectorState> connectors;

  private KmsState(
      Map<Crtc, CrtcState> crtcs,
      Map<Plane, PlaneState> planes,
      Map<Connector, ConnectorState> connectors) {
    this.crtcs = crtcs;
    this.planes = planes;
    this.connectors = connectors;
  }

  /** Returns the state in which nothing is in use. */
  static KmsState off(List<Crtc> crtcs, List<Plane> planes, List<Connector> connectors) {
    Map<Crtc, CrtcState> crtcStates = new HashMap<>();
    crtcs.forEach(crtc -> crtcStates.put(crtc, CrtcState.OFF));
    Map<Plane, PlaneState> planeStates = new HashMap<>();
    for (Plane plane : planes) {
      long below =
          planes.stream()
              .filter(other -> other.possibleCrtc() == plane.possibleCrtc())
              .takeWhile(other -> other != plane)
              .count();
      planeStates.put(plane, PlaneState.off((int) below));
    }
    Map<Connector, ConnectorState> connectorStates = new HashMap<>();
    connectors.forEach(connector -> connectorStates.put(connector, ConnectorState.OFF));
    return new KmsState(crtcStates, planeStates, connectorStates);
  }

  /** Returns what a CRTC is set to, never null for one of this device. */
  public CrtcState of(Crtc crtc) {
    return crtcs.get(crtc);
  }

  /** Returns what a plane is set to, never null for one of this device. */
  public PlaneState of(Plane plane) {
    return planes.get(plane);
  }

  /** Returns where a connector is fed from, never null for one of this device. */
  public ConnectorState of(Connector connector) {
    return connectors.get(connector);
  }

  /** Returns the connectors that a CRTC feeds, never null. */
  public List<Connector> fedBy(Crtc crtc) {
    return connectors.entrySet().stream()
        .filter(entry -> entry.getValue().crtc().equals(Optional.of(crtc)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the planes of a CRTC's picture, whatever they show, in no order, never null. */
  public List<Plane> planesOf(Crtc crtc) {
    return planes.entrySet().stream()
        .filter(entry -> entry.getValue().crtc().equals(Optional.of(crtc)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the planes that show a framebuffer, never null. */
  List<Plane> showing(Framebuffer framebuffer) {
    return planes.entrySet().stream()
        .filter(entry -> entry.getValue().framebuffer().equals(Optional.of(framebuffer)))
        .map(Map.Entry::getKey)
        .toList();
  }

  KmsState with(Crtc crtc, CrtcState now) {
    Map<Crtc, CrtcState> changed = new HashMap<>(crtcs);
    changed.put(crtc, now);
    return new KmsState(changed, planes, connectors);
  }

  KmsState with(Plane plane, PlaneState now) {
    Map<Plane, PlaneState> changed = new HashMap<>(planes);
    changed.put(plane, now);
    return new KmsState(crtcs, changed, connectors);
  }

  KmsState with(Connector connector, ConnectorState now) {
    Map<Connector, ConnectorState> changed = new HashMap<>(connectors);
    changed.put(connector, now);
    return new KmsState(crtcs, planes, changed);
  }
}
