package org.dmabuf.display.kms;

import java.util.List;
import org.dmabuf.format.PixelFormat;

/**
 * A layer of a CRTC's picture, which shows one framebuffer. What it is set to is in {@link
 * PlaneState}. Kernel counterpart: {@code struct drm_plane}.
 */
public final class Plane extends ModeObject {
  /** What a plane is for. The order is that of {@code DRM_PLANE_TYPE_*}. */
  public enum Kind {
    /** Anything between background and cursor. */
    OVERLAY,
    /** The one that calls without planes, such as a page flip, are about. */
    PRIMARY,
    /** The topmost, small one. */
    CURSOR
  }

  private final Kind kind;
  private final Crtc crtc;
  private final List<PixelFormat> formats;

  Plane(int id, Kind kind, int index, Crtc crtc, List<PixelFormat> formats) {
    super(id, kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + index);
    this.kind = kind;
    this.crtc = crtc;
    this.formats = List.copyOf(formats);
  }

  /** Returns what it is for, never null. */
  public Kind kind() {
    return kind;
  }

  /** Returns the one CRTC that can show it, never null. */
  public Crtc possibleCrtc() {
    return crtc;
  }

  /** Returns the formats that it shows, never null or empty. */
  public List<PixelFormat> formats() {
    return formats;
  }
}
