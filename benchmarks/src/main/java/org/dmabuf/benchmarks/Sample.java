package org.dmabuf.benchmarks;

/**
 * What one fork measured.
 *
 * @param nanos for one operation
 * @param bytes allocated for one operation
 */
record Sample(double nanos, double bytes) {}
