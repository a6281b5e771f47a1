package org.dmabuf.display.kms;

import java.util.Objects;

/**
 * What a client is told of a CRTC. Plain data. Kernel counterpart: {@code struct drm_event_vblank}.
 *
 * @param kind what has come, never null
 * @param crtc where, never null
 * @param cookie the client's, as it asked
 * @param sequence the number of the vblank at which it came
 * @param timeNanos the time of that vblank on the product's clock, in ns
 */
public record KmsEvent(Kind kind, Crtc crtc, long cookie, long sequence, long timeNanos) {
  /** What has come. */
  public enum Kind {
    /** The vblank that was waited for. */
    VBLANK,
    /** A commit is on the screen. */
    FLIP_COMPLETE
  }

  /** Checks that no field is null. */
  public KmsEvent {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(crtc, "crtc");
  }
}
