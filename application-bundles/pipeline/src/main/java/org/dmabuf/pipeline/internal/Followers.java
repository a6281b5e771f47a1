package org.dmabuf.pipeline.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pipeline's status and those who follow it. Written by the pipeline's thread. */
final class Followers {
  private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

  private final String pipeline;
  private final List<PipelineListener> listeners = new CopyOnWriteArrayList<>();
  private volatile PipelineStatus status =
      new PipelineStatus(PipelineStatus.State.WAITING, "begins");
  private volatile long displayed;
  private volatile long lastNanos;

  Followers(String pipeline) {
    this.pipeline = pipeline;
  }

  PipelineStatus status() {
    return status;
  }

  void add(PipelineListener listener) {
    listeners.add(listener);
    listener.changed(status);
    // What came before is told at once: who is held back at a frame gets no other call.
    long soFar = displayed;
    if (soFar > 0) {
      listener.displayed(soFar, lastNanos);
    }
  }

  void remove(PipelineListener listener) {
    listeners.remove(listener);
  }

  /** How many frames have come onto the screen; for the pipeline's thread. */
  long displayed() {
    return displayed;
  }

  void displayed(long timeNanos) {
    long count = displayed + 1;
    lastNanos = timeNanos;
    displayed = count;
    for (PipelineListener listener : listeners) {
      guarded(() -> listener.displayed(count, timeNanos));
    }
  }

  void change(PipelineStatus next) {
    if (next.equals(status)) {
      return;
    }
    LOG.info("{} is {} {}", pipeline, next.state(), next.message());
    status = next;
    for (PipelineListener listener : listeners) {
      guarded(() -> listener.changed(next));
    }
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | LinkageError failed) {
      LOG.error("A follower of {} failed: {}", pipeline, failed, failed);
    }
  }
}
