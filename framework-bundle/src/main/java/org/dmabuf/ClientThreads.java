package org.dmabuf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client runs on threads of the framework's making.
 *
 * <pre>
 *   threads   started by the driver, or one for each queue
 *   queues    thread, and what it has to do
 *   timers    on the product's clock, which put their work into a queue of their own
 * </pre>
 */
final class ClientThreads implements DriverThreads {
  private static final Logger LOG = LoggerFactory.getLogger(ClientThreads.class);

  private final String name;
  private final DmaClock clock;
  private final ClientLife life;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Set<Queue> queues = ConcurrentHashMap.newKeySet();
  private final Set<Timed> timers = ConcurrentHashMap.newKeySet();
  private Queue timed; // guarded by this; made with the first timer

  ClientThreads(String name, DmaClock clock, ClientLife life) {
    this.name = name;
    this.clock = clock;
    this.life = life;
  }

  @Override
  public Thread start(String thread, Runnable body) {
    life.checkOpen("start threads");
    Thread made = unstarted(thread, () -> guarded(thread, body));
    made.start();
    return life.kept("start threads", made, Thread::interrupt);
  }

  @Override
  public WorkQueue queue(String thread) {
    life.checkOpen("make queues of work");
    Queue queue = new Queue(thread);
    queues.add(queue);
    return life.kept("make queues of work", queue, Queue::end);
  }

  @Override
  public DmaClock.Timer at(long atNanos, Runnable task) {
    life.checkOpen("set timers");
    Timed timer = new Timed(timerQueue(), task);
    timers.add(timer);
    timer.set(atNanos);
    return life.kept("set timers", timer, Timed::cancel);
  }

  /** Nothing new begins; what runs is interrupted. Returns how much was left, in words. */
  List<String> end() {
    List<String> left = new ArrayList<>();
    count(left, timers.size(), "timers");
    timers.forEach(Timed::cancel);
    int dropped = 0;
    for (Queue queue : queues) {
      dropped += queue.end();
    }
    count(left, dropped, "pieces of queued work");
    threads.forEach(Thread::interrupt);
    return left;
  }

  /** Waits, bounded, until all threads have ended; returns those that have not. */
  List<Thread> awaitEnd(Duration bound) {
    return join(threads, bound);
  }

  /** Waits, in the system's time as ends of threads are, and returns those that have not ended. */
  static List<Thread> join(Collection<Thread> threads, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread != Thread.currentThread() && thread.isAlive()) {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
          break;
        }
        try {
          thread.join(Duration.ofNanos(nanos));
        } catch (InterruptedException again) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return threads.stream()
        .filter(thread -> thread.isAlive() && thread != Thread.currentThread())
        .toList();
  }

  /** Whether a thread is one of these. */
  boolean has(Thread thread) {
    return threads.contains(thread);
  }

  private static void count(List<String> left, int count, String what) {
    if (count > 0) {
      left.add(count + " " + what);
    }
  }

  private synchronized Queue timerQueue() {
    if (timed == null) {
      timed = new Queue("timers");
      queues.add(timed);
    }
    return timed;
  }

  private Thread unstarted(String thread, Runnable body) {
    Thread made =
        Thread.ofPlatform()
            .daemon()
            .name(name + ": " + thread)
            .inheritInheritableThreadLocals(false)
            .unstarted(
                () -> {
                  try {
                    body.run();
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    made.setContextClassLoader(null);
    threads.add(made);
    return made;
  }

  private void guarded(String thread, Runnable body) {
    try {
      body.run();
    } catch (Throwable failed) {
      LOG.error("Thread {} of {} failed: {}", thread, name, failed, failed);
    }
  }

  /** A queue with one thread, which is there while it has work, and a while longer. */
  private final class Queue implements WorkQueue {
    private final String thread;
    private final ThreadPoolExecutor executor;

    Queue(String thread) {
      this.thread = thread;
      this.executor =
          new ThreadPoolExecutor(
              1,
              1,
              1,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(),
              body -> unstarted(thread, body));
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable work) {
      try {
        executor.execute(() -> guarded(thread, work));
      } catch (RejectedExecutionException closed) {
        throw new DmaBufException(
            Errno.ENODEV,
            "Work was given to the queue " + thread + " of " + name + ", which is closed");
      }
    }

    @Override
    public void close() {
      executor.shutdown();
      queues.remove(this);
    }

    /** Returns how much work was dropped. */
    int end() {
      return executor.shutdownNow().size();
    }
  }

  /** A timer that is set, until its work is queued. */
  private final class Timed implements DmaClock.Timer {
    private final Queue queue;
    private final Runnable task;
    private volatile DmaClock.Timer timer;

    Timed(Queue queue, Runnable task) {
      this.queue = queue;
      this.task = task;
    }

    void set(long atNanos) {
      timer = clock.schedule(atNanos, this::due);
    }

    private void due() {
      if (timers.remove(this)) {
        queue.execute(task);
      }
    }

    @Override
    public void cancel() {
      DmaClock.Timer set = timer;
      if (timers.remove(this) && set != null) {
        set.cancel();
      }
    }
  }
}
