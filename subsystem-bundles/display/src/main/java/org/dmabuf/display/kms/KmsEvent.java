package org.dmabuf.display.kms;

import java.util.Objects;

/**
 * What a client is told of a CRTC. Plain data. Kernel counterpart: {@code struct drm_event_vblank}.
 *
 * @param kind what has come, never null
 * @param crtc where, never null
 * @param cookie the client's, as it asked
 * @param sequence the number of the vblank at which it came
 * @param timeNanos the time of that vblank on the product's clock, in ns; of a flip with {@link
 *     AtomicFlag#ASYNC}, its own
 * @param scan what was read at the flip, for a file with a {@link ScanoutRecorder}; never null
 */
public record KmsEvent(
    Kind kind, Crtc crtc, long cookie, long sequence, long timeNanos, Scan scan) {
  /** What has come. */
  public enum Kind {
    /** The vblank that was waited for. */
    VBLANK,
    /** A commit is on the screen. */
    FLIP_COMPLETE,
    /**
     * A commit with {@link AtomicFlag#SKIP_FAILED} was not shown because a fence had failed that it
     * waited for, or one with a recorder because its scan-out did: the frame before it stays.
     */
    FLIP_SKIPPED
  }

  /** Checks that no field is null. */
  public KmsEvent {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(crtc, "crtc");
    Objects.requireNonNull(scan, "scan");
  }

  /** An event at which nothing was read. */
  public KmsEvent(Kind kind, Crtc crtc, long cookie, long sequence, long timeNanos) {
    this(kind, crtc, cookie, sequence, timeNanos, Scan.NONE);
  }
}
