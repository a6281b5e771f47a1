package org.dmabuf.planted.display;

/** What a planted display driver does wrong with its fourth frame. */
public enum DisplayFault {
  /** Nothing. */
  NONE,
  /** Takes the flip and never shows the frame. */
  NEVER_SHOWS,
  /** Says that the hardware failed. */
  FAILS,
  /** Throws what no driver should. */
  BREAKS,
  /** Shows it twice. */
  SHOWS_TWICE,
  /** Shows the frame before it once more, and not the frame itself. */
  SHOWS_THE_LAST_ONE,
  /** Shows it only once a planted capture driver has written into it. */
  WAITS
}
