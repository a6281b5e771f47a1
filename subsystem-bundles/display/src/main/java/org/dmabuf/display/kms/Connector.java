package org.dmabuf.display.kms;

import java.util.List;
import org.dmabuf.display.Mode;

/**
 * Where a picture leaves the display: to a monitor, or into a buffer. Where it is fed from is in
 * {@link ConnectorState}.
 *
 * <pre>
 *   SCREEN      CONNECTED &lt;--KmsDevice.plug()--&gt; DISCONNECTED, which changes no state
 *   WRITEBACK   always connected
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct drm_connector}.
 */
public final class Connector extends ModeObject {
  /** What is behind it. */
  public enum Kind {
    /** Somebody who looks. Counterpart: {@code DRM_MODE_CONNECTOR_VIRTUAL}. */
    SCREEN,
    /** A buffer of the client's. Counterpart: {@code DRM_MODE_CONNECTOR_WRITEBACK}. */
    WRITEBACK
  }

  private final Kind kind;
  private final Crtc crtc;
  private final List<Mode> modes;
  private volatile boolean connected = true;

  Connector(int id, String name, Kind kind, Crtc crtc, List<Mode> modes) {
    super(id, name);
    this.kind = kind;
    this.crtc = crtc;
    this.modes = List.copyOf(modes);
  }

  /** Returns what is behind it, never null. */
  public Kind kind() {
    return kind;
  }

  /** Returns the one CRTC that can feed it, never null. */
  public Crtc possibleCrtc() {
    return crtc;
  }

  /** Returns the modes that it prefers, the best first; none while nothing is connected. */
  public List<Mode> modes() {
    return connected ? modes : List.of();
  }

  /** Returns whether something is connected. */
  public boolean isConnected() {
    return connected;
  }

  void setConnected(boolean now) {
    connected = now;
  }
}
