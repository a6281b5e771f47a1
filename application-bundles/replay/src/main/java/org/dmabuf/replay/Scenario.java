package org.dmabuf.replay;

import java.util.List;

/**
 * A script of calls that starts from nothing.
 *
 * @param name as the trace has it
 * @param steps its calls, in order, never empty
 */
record Scenario(String name, List<Step> steps) {
  Scenario {
    steps = List.copyOf(steps);
  }

  /** Returns whether a device takes part: then the recorder did not count references. */
  boolean opensDevices() {
    return steps.stream().anyMatch(step -> step.operation().equals("open"));
  }
}
