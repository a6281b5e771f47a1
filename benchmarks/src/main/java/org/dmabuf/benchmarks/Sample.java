package org.dmabuf.benchmarks;

import java.util.Map;

/**
 * What one fork measured.
 *
 * @param nanos for one operation; of a slow-down, how many times longer one takes beside another
 * @param bytes allocated for one operation
 * @param beside other figures by their names; mostly none
 */
record Sample(double nanos, double bytes, Map<String, Double> beside) {
  Sample(double nanos, double bytes) {
    this(nanos, bytes, Map.of());
  }
}
