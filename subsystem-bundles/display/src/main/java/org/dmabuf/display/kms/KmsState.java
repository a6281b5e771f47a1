package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;

/**
 * What all parts of a display are set to at one moment. Immutable; what comes of a change is
 * another one. Kernel counterpart: {@code struct drm_atomic_state}.
 *
 * <pre>
 *   number       1       2          3       4         5
 *   parts     [crtc-0][primary-0][cursor-0][Virtual-1] ...   the same for all states of a display
 *   crtcs     [state ][         ][        ][         ]       a change makes one of these anew
 *   planes    [      ][  state  ][ state  ][         ]
 *   connectors[      ][         ][        ][  state  ]
 * </pre>
 */
public final class KmsState {
  private final ModeObject[] parts;
  private final CrtcState[] crtcs;
  private final PlaneState[] planes;
  private final ConnectorState[] connectors;

  private KmsState(
      ModeObject[] parts, CrtcState[] crtcs, PlaneState[] planes, ConnectorState[] connectors) {
    this.parts = parts;
    this.crtcs = crtcs;
    this.planes = planes;
    this.connectors = connectors;
  }

  /** Returns the state in which nothing is in use. */
  static KmsState off(List<Crtc> crtcs, List<Plane> planes, List<Connector> connectors) {
    List<ModeObject> all = new ArrayList<>(crtcs);
    all.addAll(planes);
    all.addAll(connectors);
    int room = all.stream().mapToInt(ModeObject::id).max().orElse(0) + 1;
    KmsState off =
        new KmsState(
            new ModeObject[room],
            new CrtcState[room],
            new PlaneState[room],
            new ConnectorState[room]);
    all.forEach(part -> off.parts[part.id()] = part);
    crtcs.forEach(crtc -> off.crtcs[crtc.id()] = CrtcState.OFF);
    for (Plane plane : planes) {
      long below =
          planes.stream()
              .filter(other -> other.possibleCrtc() == plane.possibleCrtc())
              .takeWhile(other -> other != plane)
              .count();
      off.planes[plane.id()] = PlaneState.off((int) below);
    }
    connectors.forEach(connector -> off.connectors[connector.id()] = ConnectorState.OFF);
    return off;
  }

  /** Returns what a CRTC is set to, never null for one of this device. */
  public CrtcState of(Crtc crtc) {
    return isPart(crtc) ? crtcs[crtc.id()] : null;
  }

  /** Returns what a plane is set to, never null for one of this device. */
  public PlaneState of(Plane plane) {
    return isPart(plane) ? planes[plane.id()] : null;
  }

  /** Returns where a connector is fed from, never null for one of this device. */
  public ConnectorState of(Connector connector) {
    return isPart(connector) ? connectors[connector.id()] : null;
  }

  private boolean isPart(ModeObject part) {
    return part.id() < parts.length && parts[part.id()] == part;
  }

  /** Returns the connectors that a CRTC feeds, never null. */
  public List<Connector> fedBy(Crtc crtc) {
    List<Connector> fed = new ArrayList<>();
    for (int id = 0; id < parts.length; id++) {
      if (isFed(id, crtc)) {
        fed.add((Connector) parts[id]);
      }
    }
    return List.copyOf(fed);
  }

  /** Returns how many connectors a CRTC feeds. */
  int countFedBy(Crtc crtc) {
    int count = 0;
    for (int id = 0; id < parts.length; id++) {
      count += isFed(id, crtc) ? 1 : 0;
    }
    return count;
  }

  /** Returns whether a CRTC feeds the same connectors in both. */
  boolean feedsAlike(KmsState other, Crtc crtc) {
    for (int id = 0; connectors != other.connectors && id < parts.length; id++) {
      if (isFed(id, crtc) != other.isFed(id, crtc)) {
        return false;
      }
    }
    return true;
  }

  private boolean isFed(int id, Crtc by) {
    return connectors[id] != null && connectors[id].crtc().orElse(null) == by;
  }

  /** Returns the planes of a CRTC's picture, whatever they show, by number, never null. */
  public List<Plane> planesOf(Crtc crtc) {
    List<Plane> all = new ArrayList<>(1);
    for (int id = 0; id < parts.length; id++) {
      if (planes[id] != null && planes[id].crtc().orElse(null) == crtc) {
        all.add((Plane) parts[id]);
      }
    }
    return List.copyOf(all);
  }

  /** Returns what the planes of a CRTC's picture are set to that show something, by number. */
  List<PlaneState> layersOf(Crtc crtc) {
    List<PlaneState> all = List.of();
    for (PlaneState plane : planes) {
      if (plane != null && plane.crtc().orElse(null) == crtc && plane.framebuffer().isPresent()) {
        all = Lists.with(all, plane);
      }
    }
    return all;
  }

  /** Returns the planes that show a framebuffer, never null. */
  List<Plane> showing(Framebuffer framebuffer) {
    List<Plane> all = new ArrayList<>(1);
    for (int id = 0; id < parts.length; id++) {
      if (planes[id] != null && planes[id].framebuffer().orElse(null) == framebuffer) {
        all.add((Plane) parts[id]);
      }
    }
    return List.copyOf(all);
  }

  KmsState with(Crtc crtc, CrtcState now) {
    CrtcState[] changed = crtcs.clone();
    changed[crtc.id()] = now;
    return new KmsState(parts, changed, planes, connectors);
  }

  KmsState with(Plane plane, PlaneState now) {
    PlaneState[] changed = planes.clone();
    changed[plane.id()] = now;
    return new KmsState(parts, crtcs, changed, connectors);
  }

  KmsState with(Connector connector, ConnectorState now) {
    ConnectorState[] changed = connectors.clone();
    changed[connector.id()] = now;
    return new KmsState(parts, crtcs, planes, changed);
  }
}
