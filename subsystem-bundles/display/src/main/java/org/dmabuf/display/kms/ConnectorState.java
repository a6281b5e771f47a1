package org.dmabuf.display.kms;

import java.util.Objects;
import java.util.Optional;

/**
 * Where a connector is fed from. Kernel counterpart: {@code struct drm_connector_state}.
 *
 * @param crtc its CRTC, empty when it is not in use, never null
 */
public record ConnectorState(Optional<Crtc> crtc) {
  /** A connector that is not in use. */
  public static final ConnectorState OFF = new ConnectorState(Optional.empty());

  /** Checks that no field is null. */
  public ConnectorState {
    Objects.requireNonNull(crtc, "crtc");
  }
}
