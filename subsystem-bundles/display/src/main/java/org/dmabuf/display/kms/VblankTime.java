package org.dmabuf.display.kms;

/**
 * A vblank that has come.
 *
 * @param sequence its number, which never goes back
 * @param timeNanos its time on the product's clock, in ns
 */
public record VblankTime(long sequence, long timeNanos) {}
