package org.dmabuf.video.node;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two threads of a device that makes frames of frames, which its contexts share in turn.
 *
 * <p>Thread-safe.
 */
final class ConverterThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConverterThreads.class);
  private static final int MOST = 2;

  private final String device;
  private final ExecutorService threads;

  ConverterThreads(String device) {
    this.device = device;
    this.threads =
        Executors.newFixedThreadPool(
            MOST,
            task -> {
              Thread thread =
                  Thread.ofPlatform()
                      .name("dmabuf-video-" + device)
                      .daemon()
                      .inheritInheritableThreadLocals(false)
                      .unstarted(task);
              // It would be that of whoever queued first, and keep its bundle.
              thread.setContextClassLoader(null);
              return thread;
            });
  }

  /** Has a task done; nothing when the device leaves. */
  void run(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException leaves) {
      LOG.debug("Video device {} leaves: {}", device, leaves.getMessage());
    }
  }

  /** Lets the threads end, after what they do. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
