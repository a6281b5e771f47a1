package org.dmabuf.video.node;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.DriverThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two threads of a device that makes frames of frames, which its contexts share in turn. They
 * are its driver's, from the framework, so they end with its bundle at the latest.
 *
 * <pre>
 *   task --> the queue that has less to do --> its thread
 * </pre>
 *
 * <p>Thread-safe.
 */
final class ConverterThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConverterThreads.class);

  private record Lane(DriverThreads.WorkQueue queue, AtomicInteger tasks) {
    static Lane of(DriverThreads threads, String name) {
      return new Lane(threads.queue(name), new AtomicInteger());
    }

    void execute(Runnable task) {
      tasks.incrementAndGet();
      boolean taken = false;
      try {
        queue.execute(() -> run(task));
        taken = true;
      } finally {
        if (!taken) {
          tasks.decrementAndGet();
        }
      }
    }

    private void run(Runnable task) {
      try {
        task.run();
      } finally {
        tasks.decrementAndGet();
      }
    }
  }

  private final String device;
  private final List<Lane> lanes;

  /**
   * Makes them; they run when there is work.
   *
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  ConverterThreads(String device, DriverThreads threads) {
    this.device = device;
    String name = "dmabuf-video-" + device;
    this.lanes = List.of(Lane.of(threads, name), Lane.of(threads, name));
  }

  /** Has a task done; nothing when the device leaves. */
  void run(Runnable task) {
    Lane first = lanes.getFirst();
    Lane second = lanes.getLast();
    try {
      (second.tasks().get() < first.tasks().get() ? second : first).execute(task);
    } catch (DmaBufException leaves) {
      LOG.debug("Video device {} leaves: {}", device, leaves.getMessage());
    }
  }

  /** Lets the threads end, after what they do. */
  @Override
  public void close() {
    lanes.forEach(lane -> lane.queue().close());
  }
}
