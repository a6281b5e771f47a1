package org.dmabuf.display.kms;

/**
 * A part of a display that properties are set on. Identity counts: two of one number are of two
 * devices.
 *
 * <p>Kernel counterpart: {@code struct drm_mode_object}.
 */
public abstract sealed class ModeObject permits Connector, Crtc, Plane {
  private final int id;
  private final String name;

  ModeObject(int id, String name) {
    this.id = id;
    this.name = name;
  }

  /** Returns its number, unique in its device, 1 or more. */
  public final int id() {
    return id;
  }

  /** Returns its name, such as "crtc-0", never null. */
  public final String name() {
    return name;
  }

  @Override
  public final String toString() {
    return name;
  }
}
