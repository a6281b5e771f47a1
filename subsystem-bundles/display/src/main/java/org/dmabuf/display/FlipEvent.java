package org.dmabuf.display;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.Errno;

/**
 * What became of a commit; there is exactly one for each commit that was accepted. Plain data.
 *
 * <p>Kernel counterpart: {@code struct drm_event_vblank}.
 *
 * @param cookie the asker's, as in {@link CommitRequest}
 * @param outcome what became of it, never null
 * @param error why the frame is not on the screen: for SKIPPED the error of the fence, for CANCELED
 *     ECANCELED, for FLIPPED empty, or EIO (or the driver's own error) when the scan-out failed
 *     after the flip had been decided; never null
 * @param sequence the number of the vblank, counted from 0 at {@link DisplayFile#setMode}; with a
 *     clock that runs free, the number of the commit, from 1
 * @param timeNanos the time of that vblank on the product's clock, in ns
 * @param checksum of the samples as the scan-out read them ({@link
 *     org.dmabuf.memory.FrameChecksum}); 0 when nothing was read
 * @param bytesRead sample bytes that the scan-out read; 0 when nothing was read
 */
public record FlipEvent(
    long cookie,
    Outcome outcome,
    Optional<Errno> error,
    long sequence,
    long timeNanos,
    int checksum,
    long bytesRead) {

  /** What became of a commit; decided once, at the flip. */
  public enum Outcome {
    /** The display has shown the frame, or tried to; nobody else may show it. */
    FLIPPED,
    /** Its fence had failed: it was not shown, and the frame before it stays on the screen. */
    SKIPPED,
    /** The display went, or was closed, before the flip: the successor may show it. */
    CANCELED
  }

  /** Checks that no field is null. */
  public FlipEvent {
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(error, "error");
  }
}
