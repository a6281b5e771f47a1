package org.dmabuf.video.node;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.video.queue.FrameResult;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.VideoBuffer;
import org.dmabuf.video.queue.VideoQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One frame of a device that captures or shows: a buffer to the driver and back to its queue.
 *
 * <pre>
 *   capture                activate -> work -> finish
 *   output that holds      activate -> work -> finish the one that was held, hold this one
 * </pre>
 *
 * <p>Used by one thread at a time. A buffer whose fence has failed is not worked on: its frame
 * fails, too.
 */
final class FrameStep {
  private static final Logger LOG = LoggerFactory.getLogger(FrameStep.class);

  private final NodeContext context;
  private final VideoQueue queue;
  private final FrameWorker worker;
  private final boolean holds;
  private VideoBuffer held; // shown until another one is
  private Outcome heldOutcome = Outcome.DONE;
  private long number;

  FrameStep(NodeContext context, VideoQueue queue, FrameWorker worker, boolean holds) {
    this.context = context;
    this.queue = queue;
    this.worker = worker;
    this.holds = holds;
  }

  /** A stream begins. */
  void begin() {
    held = null;
    number = 0;
    guarded(
        "begin",
        () -> {
          worker.begin();
          return Outcome.DONE;
        });
  }

  /** The stream has ended: what is held goes back with the rest. */
  void end() {
    held = null;
  }

  /** Does a buffer that was activated; returns whether others can follow. */
  boolean run(VideoBuffer buffer) {
    FrameFormat format = context.format(queue.type());
    Outcome outcome = failed(buffer.before()) ? Outcome.ERROR : work(format, buffer);
    number++;
    if (!holds) {
      finish(buffer, format, outcome);
    } else {
      if (held != null) {
        finish(held, format, heldOutcome);
      }
      held = buffer;
      heldOutcome = outcome;
    }
    return outcome != Outcome.LAST && outcome != Outcome.BROKEN;
  }

  private Outcome work(FrameFormat format, VideoBuffer buffer) {
    return guarded(
        "frame",
        () -> {
          Frame frame = new Frame(format, buffer, number);
          FrameJob job =
              queue.type().isOutput() ? new FrameJob.Output(frame) : new FrameJob.Capture(frame);
          return worker.work(job);
        });
  }

  private void finish(VideoBuffer buffer, FrameFormat format, Outcome outcome) {
    // Before the buffer: who has that finds the event, too.
    if (outcome == Outcome.LAST) {
      context.tellEnd();
    }
    queue.device().finish(buffer, result(format, outcome));
  }

  static FrameResult result(FrameFormat format, Outcome outcome) {
    List<Long> bytes =
        outcome == Outcome.DONE ? Arrays.stream(format.sizes()).boxed().toList() : List.of();
    return new FrameResult(outcome, bytes);
  }

  /** Whether what should have been there before has failed. */
  static boolean failed(List<DmaFence> before) {
    return before.stream().map(DmaFence::error).flatMap(Optional::stream).anyMatch(any -> true);
  }

  /** What a driver does, whose mistakes are the frame's failure. */
  interface Work {
    Outcome run();
  }

  Outcome guarded(String what, Work work) {
    return guarded(context.name(), what, work);
  }

  static Outcome guarded(String device, String what, Work work) {
    try {
      return work.run();
    } catch (RuntimeException | LinkageError failed) {
      // Only the text goes on: the throwable's class may be the driver's.
      LOG.error("A {} of video device {} failed ({}): {}", what, device, Errno.EIO, failed, failed);
      return Outcome.ERROR;
    }
  }
}
