package org.dmabuf.display.kms;

/**
 * What drives a picture of planes to connectors, at the rate of its mode. What it is set to is in
 * {@link CrtcState}. Kernel counterpart: {@code struct drm_crtc}.
 */
public final class Crtc extends ModeObject {
  private final int index;

  Crtc(int id, int index) {
    super(id, "crtc-" + index);
    this.index = index;
  }

  /** Returns which one of its device's it is, from 0. */
  public int index() {
    return index;
  }
}
