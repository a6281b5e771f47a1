package org.dmabuf.video.node;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.FrameResult;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.QueueFencing;
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

  /** A buffer with what became of it. */
  private record Done(VideoBuffer buffer, Frame frame, FrameResult result) {}

  private final boolean holds;
  private volatile FrameWorker worker; // null when the driver has gone
  private Done held; // shown until another one is
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
    number = queue.device().sequence();
    FrameWorker now = worker;
    if (now != null) {
      guarded(
          "begin",
          () -> {
            now.begin();
            return Outcome.DONE;
          });
    }
  }

  /** The stream has ended: what is held goes back with the rest. */
  void end() {
    Done last = held;
    held = null;
    if (last != null) {
      queue.device().letGo(last.buffer());
    }
  }

  /** The driver has gone: keeps nothing of it. */
  void forget() {
    worker = null;
  }

  /** What comes after a buffer. */
  enum Next {
    /** Others. */
    OTHERS,
    /** None: it was the last one, or the device cannot go on. */
    NONE,
    /** The same again: nothing came of it yet, and the device still has it. */
    SAME
  }

  /** Does a buffer that was activated. */
  Next run(VideoBuffer buffer) {
    FrameFormat format = context.format(queue.type());
    Frame frame = new Frame(format, buffer, number);
    Outcome outcome = hasFailedBefore(buffer) ? Outcome.ERROR : work(frame);
    if (outcome == Outcome.NOT_YET) {
      return Next.SAME;
    }
    number++;
    Done done = new Done(buffer, frame, result(format, outcome, frame.note()));
    if (!holds) {
      finish(done);
    } else {
      Done before = held;
      held = done;
      if (before != null) {
        finish(before);
      }
    }
    boolean last = outcome == Outcome.LAST || outcome == Outcome.ERROR_LAST;
    return last || outcome == Outcome.BROKEN ? Next.NONE : Next.OTHERS;
  }

  /**
   * Whether what the frame is made of, or a program's own fence, has failed. Who writes a whole
   * frame waits for those that use the buffer, and need not care what became of them.
   */
  private boolean hasFailedBefore(VideoBuffer buffer) {
    boolean onlyWaits = queue.fencing() == QueueFencing.IMPLICIT && !queue.type().isOutput();
    return !onlyWaits && failed(buffer.before());
  }

  private Outcome work(Frame frame) {
    FrameWorker now = worker;
    if (now == null) {
      return Outcome.ERROR;
    }
    FrameJob job =
        queue.type().isOutput() ? new FrameJob.Output(frame) : new FrameJob.Capture(frame);
    return guarded("frame", () -> now.work(job));
  }

  private void finish(Done done) {
    Outcome outcome = done.result().outcome();
    // Before the buffer: who has that finds the event, too.
    if (outcome == Outcome.LAST || outcome == Outcome.ERROR_LAST) {
      context.tellEnd();
    }
    long now = context.registry().clock().nanos();
    queue.device().finish(done.buffer(), done.result(), now, () -> accepted(done));
  }

  private void accepted(Done done) {
    context.count(done.result().outcome());
    done.frame().accepted();
  }

  static FrameResult result(FrameFormat format, Outcome outcome, FrameNote note) {
    List<Long> bytes =
        outcome == Outcome.DONE ? Arrays.stream(format.sizes()).boxed().toList() : List.of();
    return new FrameResult(outcome, bytes, note);
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
