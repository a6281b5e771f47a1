package org.dmabuf.pipeline.internal;

import java.util.Optional;
import org.dmabuf.display.kms.ScanoutRecorder;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;

/**
 * Sees every frame that a display really scans out, whatever its events say, and tells the books of
 * those that come onto the screen again. It belongs to the pipeline and outlives each display.
 *
 * <pre>
 *   cookies scanned out   1  2  3  3  4  2  5
 *   again                          ^     ^
 * </pre>
 *
 * <p>Called by one display's thread at a time.
 */
final class ScreenWitness implements ScanoutRecorder {
  private final FrameLedger ledger;
  private final Optional<? extends ScanoutRecorder> recorder;
  private long last;

  /**
   * Makes a witness.
   *
   * @param recorder who also sees them; empty for nobody
   */
  ScreenWitness(FrameLedger ledger, Optional<? extends ScanoutRecorder> recorder) {
    this.ledger = ledger;
    this.recorder = recorder;
  }

  @Override
  public void scanned(long cookie, FrameLayout layout, FrameView view) {
    if (isAgain(cookie)) {
      ledger.shownAgain(cookie);
    }
    recorder.ifPresent(next -> next.scanned(cookie, layout, view));
  }

  /** Frames are committed in the order of their cookies, each to one display. */
  private synchronized boolean isAgain(long cookie) {
    boolean again = cookie <= last;
    last = Math.max(last, cookie);
    return again;
  }
}
