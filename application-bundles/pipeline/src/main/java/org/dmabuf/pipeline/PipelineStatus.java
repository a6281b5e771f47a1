package org.dmabuf.pipeline;

/**
 * What a pipeline does.
 *
 * @param state the state by name, never null
 * @param message a sentence: for whom it waits, or why it failed; empty when there is nothing to
 *     say
 */
public record PipelineStatus(State state, String message) {
  /**
   * The states of a pipeline.
   *
   * <pre>
   *   WAITING --all devices there--> RUNNING --a device leaves--> DRAINING --in flight is done--> WAITING
   *   RUNNING --all frames shown--> ENDED
   *   WAITING, RUNNING, DRAINING --a bound was reached, the source broke--> FAILED
   * </pre>
   */
  public enum State {
    /** A device is missing. */
    WAITING,
    /** Frames flow. */
    RUNNING,
    /** What is in flight is finished before something is replaced, or before the end. */
    DRAINING,
    /** All frames that were asked for were shown, or the source came to its end. */
    ENDED,
    /** It gave up; the message says why. */
    FAILED
  }

  /** Returns whether nothing more will happen. */
  public boolean isOver() {
    return state == State.ENDED || state == State.FAILED;
  }
}
