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
  private long displayed;

  Followers(String pipeline) {
    this.pipeline = pipeline;
  }

  PipelineStatus status() {
    return status;
  }

  void add(PipelineListener listener) {
    listeners.add(listener);
    listener.changed(status);
  }

  void remove(PipelineListener listener) {
    listeners.remove(listener);
  }

  /** How many frames have come onto the screen; for the pipeline's thread. */
  long displayed() {
    return displayed;
  }

  void displayed(long timeNanos) {
    displayed++;
    for (PipelineListener listener : listeners) {
      guarded(() -> listener.displayed(displayed, timeNanos));
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
