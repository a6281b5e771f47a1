package org.dmabuf.display.uapi;

import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.ModeObject;
import org.dmabuf.display.kms.Plane;

/** Kinds of objects with properties, with their numbers. Counterpart: {@code DRM_MODE_OBJECT_*}. */
public enum ModeObjectType {
  /** A CRTC. */
  CRTC(0xcccc_cccc),
  /** A connector. */
  CONNECTOR(0xc0c0_c0c0),
  /** A plane. */
  PLANE(0xeeee_eeee);

  /** Instead of a type: whatever has that number. */
  static final int ANY = 0;

  private final int number;

  ModeObjectType(int number) {
    this.number = number;
  }

  /** Returns the number in structures. */
  public int number() {
    return number;
  }

  static ModeObjectType of(ModeObject object) {
    return switch (object) {
      case Crtc crtc -> CRTC;
      case Connector connector -> CONNECTOR;
      case Plane plane -> PLANE;
    };
  }
}
