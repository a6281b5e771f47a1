package org.dmabuf.display.kms;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.display.Mode;

/**
 * What a CRTC is set to. Kernel counterpart: {@code struct drm_crtc_state}.
 *
 * @param active whether it runs
 * @param mode size and rate; empty when it is not in use; never null
 * @param modeId the number by which the client named the mode, 0 for none; told back only
 */
public record CrtcState(boolean active, Optional<Mode> mode, int modeId) {
  /** A CRTC that is not in use. */
  public static final CrtcState OFF = new CrtcState(false, Optional.empty(), 0);

  /** Checks that no field is null. */
  public CrtcState {
    Objects.requireNonNull(mode, "mode");
  }

  /** Returns it running or not, in the same mode. */
  public CrtcState withActive(boolean now) {
    return new CrtcState(now, mode, modeId);
  }

  /** Returns it with another mode. */
  public CrtcState withMode(Optional<Mode> now, int id) {
    return new CrtcState(active, now, id);
  }

  /** Returns whether to come from one to the other is more than to show something else. */
  boolean isModeset(CrtcState next) {
    return active != next.active || !mode.equals(next.mode);
  }
}
