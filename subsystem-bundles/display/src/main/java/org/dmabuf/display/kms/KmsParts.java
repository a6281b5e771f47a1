package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.Connector.Kind;

/**
 * The parts of a display, with numbers from 1.
 *
 * @param crtcs one for each screen, never null
 * @param planes of each CRTC from the bottom to the top, never null
 * @param connectors of each CRTC, the screen's first, never null
 * @param lastId the last number that was given
 */
record KmsParts(List<Crtc> crtcs, List<Plane> planes, List<Connector> connectors, int lastId) {

  static KmsParts of(KmsInfo info) {
    return new Maker(info).make();
  }

  /** Returns a CRTC's primary plane. */
  Plane primary(Crtc crtc) {
    return planes.stream()
        .filter(plane -> plane.possibleCrtc() == crtc && plane.kind() == Plane.Kind.PRIMARY)
        .findFirst()
        .orElseThrow();
  }

  private static final class Maker {
    private final KmsInfo info;
    private final List<Crtc> crtcs = new ArrayList<>();
    private final List<Plane> planes = new ArrayList<>();
    private final List<Connector> connectors = new ArrayList<>();
    private int last;

    Maker(KmsInfo info) {
      this.info = info;
    }

    KmsParts make() {
      info.screens().forEach(this::add);
      return new KmsParts(List.copyOf(crtcs), List.copyOf(planes), List.copyOf(connectors), last);
    }

    private void add(KmsInfo.Screen screen) {
      Crtc crtc = new Crtc(++last, crtcs.size());
      crtcs.add(crtc);
      plane(Plane.Kind.PRIMARY, crtc);
      for (int i = 0; i < screen.overlays(); i++) {
        plane(Plane.Kind.OVERLAY, crtc);
      }
      if (screen.cursor()) {
        plane(Plane.Kind.CURSOR, crtc);
      }
      connector("Virtual-", Kind.SCREEN, crtc, screen.modes());
      if (screen.writeback()) {
        connector("Writeback-", Kind.WRITEBACK, crtc, screen.modes());
      }
    }

    private void plane(Plane.Kind kind, Crtc crtc) {
      long index = planes.stream().filter(plane -> plane.kind() == kind).count();
      planes.add(new Plane(++last, kind, (int) index, crtc, info.formats()));
    }

    private void connector(String name, Kind kind, Crtc crtc, List<Mode> modes) {
      long index = 1 + connectors.stream().filter(other -> other.kind() == kind).count();
      connectors.add(new Connector(++last, name + index, kind, crtc, modes));
    }
  }
}
