package org.dmabuf.pipeline;

/**
 * What a pipeline has counted.
 *
 * @param captured frames that the capture device handed out without error
 * @param displayed different frames that came onto the screen
 * @param lost captured frames that were never shown, and frames missing in the source's numbering
 * @param repeated times that a frame came onto the screen again
 * @param outOfOrder frames that were shown after a later one
 * @param errors frames that the source or the capture device failed to deliver
 * @param dropped frames that a live source dropped because nobody took them
 * @param checksumMismatches frames of which the display read something else than capture had
 *     written
 * @param writtenByCapture bytes of samples in captured frames
 * @param readByDisplay bytes of samples that the display read through its own mapping
 * @param latency from a frame's completion by capture to its scan-out
 */
public record PipelineCounters(
    long captured,
    long displayed,
    long lost,
    long repeated,
    long outOfOrder,
    long errors,
    long dropped,
    long checksumMismatches,
    long writtenByCapture,
    long readByDisplay,
    Latency latency) {

  /** Returns what two pipelines have counted together; of their latencies the greater ones. */
  public PipelineCounters plus(PipelineCounters other) {
    return new PipelineCounters(
        captured + other.captured,
        displayed + other.displayed,
        lost + other.lost,
        repeated + other.repeated,
        outOfOrder + other.outOfOrder,
        errors + other.errors,
        dropped + other.dropped,
        checksumMismatches + other.checksumMismatches,
        writtenByCapture + other.writtenByCapture,
        readByDisplay + other.readByDisplay,
        new Latency(
            Math.max(latency.p50Micros(), other.latency.p50Micros()),
            Math.max(latency.p99Micros(), other.latency.p99Micros()),
            Math.max(latency.maxMicros(), other.latency.maxMicros())));
  }

  /**
   * Percentiles of a latency.
   *
   * @param p50Micros median in microseconds
   * @param p99Micros 99th percentile in microseconds
   * @param maxMicros the largest in microseconds
   */
  public record Latency(double p50Micros, double p99Micros, double maxMicros) {}
}
