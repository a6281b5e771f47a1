package org.dmabuf.osgi;

/** Whose time a product takes. */
enum ClockKind {
  /** The machine's. */
  SYSTEM,
  /** It stands until somebody turns the service {@link org.dmabuf.ManualClock}: for replays. */
  MANUAL
}
