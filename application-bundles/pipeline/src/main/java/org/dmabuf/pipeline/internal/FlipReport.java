package org.dmabuf.pipeline.internal;

import org.dmabuf.display.kms.KmsEvent;
import org.dmabuf.display.kms.Scan;

/**
 * What became of a commit; the pipeline hears of each exactly once.
 *
 * @param cookie the frame's
 * @param outcome what became of it, never null
 * @param timeNanos when, on the product's clock; 0 for a canceled one
 * @param scan what the display read of it, never null
 */
record FlipReport(long cookie, Outcome outcome, long timeNanos, Scan scan) {
  /** What became of a commit; decided once, at the flip. */
  enum Outcome {
    /** The display has shown the frame, or says so; nobody else may show it. */
    SHOWN,
    /** It had failed, or the display could not show it: the frame before it stays. */
    SKIPPED,
    /** The display went before the flip: the successor may show it. */
    CANCELED
  }

  static FlipReport of(KmsEvent event) {
    Outcome outcome = event.kind() == KmsEvent.Kind.FLIP_COMPLETE ? Outcome.SHOWN : Outcome.SKIPPED;
    return new FlipReport(event.cookie(), outcome, event.timeNanos(), event.scan());
  }

  static FlipReport canceled(long cookie) {
    return new FlipReport(cookie, Outcome.CANCELED, 0, Scan.NONE);
  }

  /** Whether a frame came onto the screen: one that the display did not read did not. */
  boolean isSeen() {
    return outcome == Outcome.SHOWN && scan.bytesRead() > 0;
  }
}
