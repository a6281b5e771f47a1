package org.dmabuf.pipeline.internal;

/**
 * One frame's way through the pipeline, from the moment its buffer is queued for capture.
 *
 * <pre>
 *   capture   PENDING --> DONE | FAILED | CANCELED
 *   converter NONE --> PENDING --> DONE          of a pipeline that has one, in a buffer of its own
 *              ^---------'  the converter left before it was done
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

  enum Conversion {
    NONE,
    PENDING,
    DONE
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
  private Conversion conversion = Conversion.NONE;
  private Display display = Display.NONE;
  private Slot target; // what a converter writes to; null before
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

  Conversion conversion() {
    return conversion;
  }

  /** The buffer that the display shows. */
  Slot shownSlot() {
    return target == null ? slot : target;
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

  /** A converter makes another frame of it. */
  void converting(Slot into) {
    conversion = Conversion.PENDING;
    target = into;
    into.setState(Slot.State.IN_USE);
  }

  /** The captured buffer may be written again; what is shown has another checksum. */
  void converted(int checksum) {
    conversion = Conversion.DONE;
    written = checksum;
    slot.setState(Slot.State.FREE);
  }

  /** The converter left before it was done: its successor gets the frame. */
  void notConverted() {
    conversion = Conversion.NONE;
    target.setState(Slot.State.FREE);
    target = null;
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
