package org.dmabuf.replay;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.dmabuf.display.Mode;
import org.dmabuf.display.uapi.AtomicIoctl;
import org.dmabuf.display.uapi.KmsQuery;
import org.dmabuf.display.uapi.KmsQuery.PropertyInfo;
import org.dmabuf.display.uapi.ModeObjectType;
import org.dmabuf.file.FileTable;

/**
 * What the recorder's commits were about: the first CRTC, connector and mode of a display.
 *
 * @param crtc its number
 * @param connector its number
 * @param mode what the connector prefers, never null
 */
record Screen(int crtc, int connector, Mode mode) {
  private static final int FIXED = 16;

  static Screen of(FileTable files, int device) {
    KmsQuery.Resources all = KmsQuery.resources(files, device);
    int connector = all.connectors().getFirst();
    List<Mode> modes = KmsQuery.connector(files, device, connector).modes();
    return new Screen(all.crtcs().getFirst(), connector, modes.getFirst());
  }

  /** Returns a commit of everything: connector, mode, active, and the plane at full size. */
  AtomicIoctl commit(FileTable files, int device, int modeId, int fb) {
    int plane = plane(files, device);
    Map<String, PropertyInfo> ofPlane = of(files, device, ModeObjectType.PLANE, plane);
    Map<String, PropertyInfo> ofCrtc = of(files, device, ModeObjectType.CRTC, crtc);
    Map<String, PropertyInfo> ofConnector = of(files, device, ModeObjectType.CONNECTOR, connector);
    AtomicIoctl commit =
        new AtomicIoctl()
            .set(connector, ofConnector.get("CRTC_ID").id(), crtc)
            .set(crtc, ofCrtc.get("MODE_ID").id(), modeId)
            .set(crtc, ofCrtc.get("ACTIVE").id(), 1)
            .set(plane, ofPlane.get("FB_ID").id(), Integer.toUnsignedLong(fb))
            .set(plane, ofPlane.get("CRTC_ID").id(), fb == 0 ? 0 : crtc);
    for (String edge : List.of("SRC_X", "SRC_Y", "CRTC_X", "CRTC_Y")) {
      commit.set(plane, ofPlane.get(edge).id(), 0);
    }
    return commit
        .set(plane, ofPlane.get("SRC_W").id(), (long) mode.width() << FIXED)
        .set(plane, ofPlane.get("SRC_H").id(), (long) mode.height() << FIXED)
        .set(plane, ofPlane.get("CRTC_W").id(), mode.width())
        .set(plane, ofPlane.get("CRTC_H").id(), mode.height());
  }

  /** Lets the plane wait for a fence. */
  void waitFor(AtomicIoctl commit, FileTable files, int device, int fence) {
    int plane = plane(files, device);
    commit.set(
        plane, of(files, device, ModeObjectType.PLANE, plane).get("IN_FENCE_FD").id(), fence);
  }

  /** Asks for a fence of the CRTC. */
  void askFence(AtomicIoctl commit, FileTable files, int device) {
    commit.askFence(crtc, outFence(files, device));
  }

  /** Returns the fence that was asked for. */
  OptionalInt fence(AtomicIoctl commit, FileTable files, int device) {
    return commit.fence(crtc, outFence(files, device));
  }

  private int outFence(FileTable files, int device) {
    return of(files, device, ModeObjectType.CRTC, crtc).get("OUT_FENCE_PTR").id();
  }

  private static int plane(FileTable files, int device) {
    return KmsQuery.planes(files, device).stream()
        .filter(
            plane ->
                of(files, device, ModeObjectType.PLANE, plane).get("type").value()
                    == KmsQuery.PRIMARY)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, PropertyInfo> of(
      FileTable files, int device, ModeObjectType type, int object) {
    return KmsQuery.properties(files, device, type, object);
  }
}
