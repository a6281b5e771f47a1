package org.dmabuf.display.kms;

/**
 * How many flips a display has brought to its end, its predecessors of the same name included.
 *
 * @param shown that came to a screen, 0 or more
 * @param skipped that did not, because what they were to show had failed, 0 or more
 */
public record FlipCounters(long shown, long skipped) {
  /** None yet. */
  static final FlipCounters NONE = new FlipCounters(0, 0);
}
