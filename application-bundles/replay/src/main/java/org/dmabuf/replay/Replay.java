package org.dmabuf.replay;

import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.ManualClock;

/**
 * Calls traces again, one scenario after the other, each as a process of its own.
 *
 * <p>Used by one thread.
 */
final class Replay implements AutoCloseable {
  private final Devices devices;
  private final Operations operations;
  private final Caller caller;

  Replay(Optional<ManualClock> clock, Devices devices, Operations operations) {
    this.devices = devices;
    this.operations = operations;
    this.caller = new Caller(clock);
  }

  /**
   * Calls a trace.
   *
   * @param told every step that was answered otherwise, in order
   * @return how many of its steps that were
   */
  int run(Trace trace, Consumer<Disagreement> told) {
    int disagree = 0;
    for (Scenario scenario : trace.scenarios()) {
      disagree += run(trace.family(), scenario, told);
    }
    return disagree;
  }

  private int run(String family, Scenario scenario, Consumer<Disagreement> told) {
    int disagree = 0;
    TracedProcess process = new TracedProcess(devices, scenario);
    try {
      for (Step step : scenario.steps()) {
        Answer answer = caller.call(() -> operations.call(step, process));
        if (!answer.equals(step.recorded())) {
          disagree++;
          told.accept(new Disagreement(family, scenario.name(), step, answer));
        }
      }
    } finally {
      process.close();
    }
    return disagree;
  }

  /** Ends the thread that makes the calls. */
  @Override
  public void close() {
    caller.close();
  }
}
