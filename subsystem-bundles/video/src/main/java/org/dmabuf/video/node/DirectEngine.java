package org.dmabuf.video.node;

import java.util.Optional;
import org.dmabuf.video.queue.VideoBuffer;
import org.dmabuf.video.queue.VideoQueue;

/**
 * Does each buffer at once, on the thread that queues it or that switches the stream on. So a
 * device without a rate is done before the call returns.
 *
 * <pre>
 *   IDLE --somebody comes--> RUNNING --another comes--> AGAIN --round done--> RUNNING --> IDLE
 * </pre>
 *
 * <p>Thread-safe: who comes while another thread works leaves its buffer to that one. The monitor
 * is not held while the driver works.
 */
final class DirectEngine implements FrameEngine {
  private enum State {
    IDLE,
    RUNNING,
    AGAIN
  }

  private final VideoQueue queue;
  private final FrameStep step;
  private State state = State.IDLE;
  private Thread runner;

  DirectEngine(VideoQueue queue, FrameStep step) {
    this.queue = queue;
    this.step = step;
  }

  @Override
  public void start() {
    step.begin();
  }

  @Override
  public void ready() {
    if (!enter()) {
      return;
    }
    do {
      Optional<VideoBuffer> next = queue.device().activate();
      while (next.isPresent() && goesOn(next.get())) {
        next = queue.device().activate();
      }
    } while (goesOn());
  }

  /** Does a buffer; one that is not ready yet is looked at again when another one is queued. */
  private boolean goesOn(VideoBuffer buffer) {
    FrameStep.Next next = step.run(buffer);
    if (next == FrameStep.Next.SAME) {
      queue.device().putBack(buffer);
    }
    return next == FrameStep.Next.OTHERS;
  }

  /** Begins to work, or has the thread that does look again. */
  private synchronized boolean enter() {
    if (state != State.IDLE) {
      state = State.AGAIN;
      return false;
    }
    state = State.RUNNING;
    runner = Thread.currentThread();
    return true;
  }

  private synchronized boolean goesOn() {
    if (state == State.AGAIN) {
      state = State.RUNNING;
      return true;
    }
    state = State.IDLE;
    runner = null;
    notifyAll();
    return false;
  }

  /** Waits for the frame that is being worked on; nothing is activated any more. */
  @Override
  public synchronized void stop() {
    boolean interrupted = false;
    while (state != State.IDLE && runner != Thread.currentThread()) {
      try {
        wait();
      } catch (InterruptedException later) {
        interrupted = true; // it takes no longer than the frame
      }
    }
    step.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
