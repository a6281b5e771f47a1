package org.dmabuf.video.node;

import java.util.Optional;
import java.util.stream.Stream;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.FrameResult;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.VideoBuffer;
import org.dmabuf.video.queue.VideoQueue;

/**
 * One context of a device that makes frames of frames.
 *
 * <pre>
 *   IDLE --both queues have a buffer whose fences are done--> SCHEDULED --thread--> WORKING --> IDLE
 *     a fence that is not done --its callback--> looked at again
 * </pre>
 *
 * <p>Frames of one context are done one after the other, those of several by the device's two
 * threads at once. Thread-safe; the monitor is not held while the driver works. Kernel counterpart:
 * {@code v4l2-mem2mem.c}.
 */
final class ConverterEngine implements FrameEngine {
  private enum State {
    IDLE,
    SCHEDULED,
    WORKING
  }

  private final NodeContext context;
  private final VideoQueue sources;
  private final VideoQueue targets;
  private final ConverterThreads threads;
  private final FenceCallback fenceDone;
  private State state = State.IDLE;
  private Thread runner;
  private volatile FrameWorker worker; // null when the driver has gone
  private long number;

  ConverterEngine(
      NodeContext context,
      VideoQueue sources,
      VideoQueue targets,
      FrameWorker worker,
      ConverterThreads threads) {
    this.context = context;
    this.sources = sources;
    this.targets = targets;
    this.worker = worker;
    this.threads = threads;
    this.fenceDone = context.registry().callback(fence -> ready());
  }

  /** One of both streams has begun. */
  @Override
  public void start() {
    synchronized (this) {
      number = targets.device().sequence();
    }
    ready();
  }

  @Override
  public void ready() {
    synchronized (this) {
      if (state != State.IDLE || !hasJob()) {
        return;
      }
      state = State.SCHEDULED;
    }
    threads.run(this::work);
  }

  /** Whether both have a buffer that may be begun with; else it is told when. */
  private boolean hasJob() {
    Optional<VideoBuffer> source = sources.device().peek();
    Optional<VideoBuffer> target = targets.device().peek();
    if (source.isEmpty() || target.isEmpty()) {
      return false;
    }
    Optional<DmaFence> pending =
        Stream.concat(source.get().before().stream(), target.get().before().stream())
            .filter(fence -> !fence.isSignaled())
            .findFirst();
    return pending.isEmpty() || !pending.get().addCallback(fenceDone);
  }

  private void work() {
    synchronized (this) {
      if (state != State.SCHEDULED) {
        return;
      }
      state = State.WORKING;
      runner = Thread.currentThread();
    }
    try {
      Optional<VideoBuffer> source = sources.device().activate();
      Optional<VideoBuffer> target = source.isEmpty() ? source : targets.device().activate();
      if (target.isPresent()) {
        convert(source.get(), target.get());
      } else {
        source.ifPresent(sources.device()::putBack);
      }
    } finally {
      synchronized (this) {
        state = State.IDLE;
        runner = null;
        notifyAll();
      }
    }
    ready();
  }

  private void convert(VideoBuffer source, VideoBuffer target) {
    FrameFormat from = context.format(sources.type());
    FrameFormat to = context.format(targets.type());
    FrameWorker now = worker;
    // Of those that use the target, who writes all of it need only know that they are done.
    boolean failed =
        FrameStep.failed(source.before())
            || (targets.fencing() != QueueFencing.IMPLICIT && FrameStep.failed(target.before()));
    Outcome outcome =
        failed || now == null
            ? Outcome.ERROR
            : convert(now, new Frame(from, source, number), to, target);
    number++;
    sources.device().finish(source, FrameStep.result(from, outcome, FrameNote.NONE));
    FrameResult made = FrameStep.result(to, outcome, note(to, target, outcome));
    targets.device().finish(target, made, source.timestampNanos(), () -> context.count(outcome));
  }

  /** Who has its frames laid out as the framework does can verify what came of them. */
  private FrameNote note(FrameFormat format, VideoBuffer made, Outcome outcome) {
    if (outcome != Outcome.DONE || format.layout().isEmpty()) {
      return FrameNote.NONE;
    }
    int checksum =
        FrameChecksum.of(made.view(0).as(Transfer.VERIFIED), format.layout().orElseThrow());
    return new FrameNote(-1, checksum, Optional.empty(), "");
  }

  private Outcome convert(FrameWorker by, Frame read, FrameFormat to, VideoBuffer target) {
    FrameJob job = new FrameJob.Convert(read, new Frame(to, target, number));
    Outcome outcome = FrameStep.guarded(context.name(), "conversion", () -> by.work(job));
    return outcome == Outcome.NOT_YET ? Outcome.ERROR : outcome;
  }

  /** Waits for the frame that is being worked on; one that was only scheduled is not begun. */
  @Override
  public synchronized void stop() {
    if (state == State.SCHEDULED) {
      state = State.IDLE;
    }
    boolean interrupted = false;
    while (state == State.WORKING && runner != Thread.currentThread()) {
      try {
        wait();
      } catch (InterruptedException later) {
        interrupted = true; // it takes no longer than the frame
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The context ends. */
  void close() {
    worker = null;
    fenceDone.close();
  }
}
