package org.dmabuf.pipeline.internal;

/**
 * One frame's way through the pipeline, from the moment its buffer is queued for capture.
 *
 * <pre>
 *   capture   PENDING --> DONE | FAILED | CANCELED
 *   display   NONE --> COMMITTED --> SHOWN | SKIPPED
 *              ^------- the display left before the flip
 * </pre>
 *
 * <p>Touched by the pipeline's thread only.
 */
final class Ticket {
  enum Capture {
    PENDING,
    DONE,
    FAILED,
    CANCELED
  }

  enum Display {
    NONE,
    COMMITTED,
    SHOWN,
    SKIPPED
  }

  private final long cookie;
  private final Slot slot;
  private Capture capture = Capture.PENDING;
  private Display display = Display.NONE;
  private long sourceIndex;
  private int written;
  private int read;
  private long capturedNanos;
  private long shownNanos;

  Ticket(long cookie, Slot slot) {
    this.cookie = cookie;
    this.slot = slot;
  }

  long cookie() {
    return cookie;
  }

  Slot slot() {
    return slot;
  }

  Capture capture() {
    return capture;
  }

  Display display() {
    return display;
  }

  long sourceIndex() {
    return sourceIndex;
  }

  int writtenChecksum() {
    return written;
  }

  int readChecksum() {
    return read;
  }

  long capturedNanos() {
    return capturedNanos;
  }

  long shownNanos() {
    return shownNanos;
  }

  void captured(long index, int checksum, long timeNanos) {
    capture = Capture.DONE;
    sourceIndex = index;
    written = checksum;
    capturedNanos = timeNanos;
  }

  void notCaptured(Capture why) {
    capture = why;
  }

  void committed() {
    display = Display.COMMITTED;
  }

  void shown(int checksum, long timeNanos) {
    display = Display.SHOWN;
    read = checksum;
    shownNanos = timeNanos;
  }

  void skipped() {
    display = Display.SKIPPED;
  }

  /** The display left before the flip: its successor gets the frame. */
  void handedBack() {
    display = Display.NONE;
  }

  boolean isCaptureOver() {
    return capture != Capture.PENDING;
  }

  /** Whether neither device will say anything more of it. */
  boolean isOver() {
    return switch (capture) {
      case PENDING -> false;
      case DONE -> display == Display.SHOWN || display == Display.SKIPPED;
      case FAILED, CANCELED -> display != Display.COMMITTED;
    };
  }
}
