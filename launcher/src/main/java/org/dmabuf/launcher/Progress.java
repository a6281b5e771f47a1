package org.dmabuf.launcher;

import java.util.Map;

/**
 * Shows how far a run is. The keys are {@code frames}, {@code total}, {@code rate} (frames per
 * second), {@code latency_us} and {@code swaps}; each may be missing.
 */
interface Progress {
  /** Shows a state; may be called often and from any thread. */
  void show(Map<String, Object> state);

  /** Leaves the output at the beginning of a line. */
  void end();
}
