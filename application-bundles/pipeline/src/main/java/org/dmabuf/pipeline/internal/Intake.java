package org.dmabuf.pipeline.internal;

import org.dmabuf.pipeline.PipelineStatus;

/**
 * Whether a pipeline still asks for frames.
 *
 * <pre>
 *   OPEN --source ends--> SOURCE_ENDED --finish()--> FINISHING --giveUp()--> GIVEN_UP
 *     '---------------finish()---------------------------^
 * </pre>
 */
enum Intake {
  /** Each free buffer is given to capture. */
  OPEN,
  /** There are no more; what is in flight is shown, and the screen stays. */
  SOURCE_ENDED,
  /** What is in flight is shown, then the thread ends. */
  FINISHING,
  /** The thread ends with what is in flight. */
  GIVEN_UP;

  /** Whether the pipeline's thread has nothing to do any more. */
  boolean isFinished(PipelineStatus status) {
    return this == GIVEN_UP || (this == FINISHING && status.isOver());
  }
}
