package org.dmabuf.format;

/**
 * What one plane of a pixel format holds.
 *
 * @param horizontal pixels that share one sample in a row, 1 or 2
 * @param vertical rows that share one row of samples, 1 or 2
 * @param bytes bytes of one sample of this plane (all its components together), 1 to 8
 */
public record PlaneShape(int horizontal, int vertical, int bytes) {}
