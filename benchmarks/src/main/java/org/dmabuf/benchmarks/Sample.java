package org.dmabuf.benchmarks;

/**
 * What one fork measured.
 *
 * @param nanos for one operation; of a slow-down, how many times longer one takes beside another
 * @param bytes allocated for one operation
 */
record Sample(double nanos, double bytes) {}
