package org.dmabuf.fence;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the fence contexts that their producers have dropped without closing them, as the collector
 * finds them: one thread for all contexts of a product, nothing for a fence.
 *
 * <pre>
 *   watched --the collector finds it dropped--> its fences complete, on this thread
 *           --it is closed---------------------> no longer watched
 * </pre>
 *
 * <p>Thread-safe. Its thread ends with {@link #close()}.
 */
public final class DroppedContexts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DroppedContexts.class);
  private static final Duration END = Duration.ofSeconds(5);

  private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final Watch end = new Watch(this, null);
  private final Thread thread;

  /** Starts to look. */
  public DroppedContexts() {
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("dmabuf-dropped-contexts")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::look);
    // not that of the bundle that happens to start the framework
    thread.setContextClassLoader(null);
    thread.start();
  }

  /** A context that is looked after. */
  final class Watch extends PhantomReference<Object> {
    private final FenceLine line;

    Watch(Object context, FenceLine line) {
      super(context, queue);
      this.line = line;
    }

    /** It needs no looking after any more. */
    void stop() {
      watched.remove(this);
      clear();
    }
  }

  Watch watch(FenceContext context, FenceLine line) {
    Watch watch = new Watch(context, line);
    watched.add(watch);
    return watch;
  }

  /**
   * Ends the thread, and returns when what it does is done, after 5 seconds at most. Contexts that
   * are dropped later are not noticed.
   */
  @Override
  public void close() {
    end.enqueue();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(END)) {
        LOG.warn("{} still completes the fences of a dropped context", thread.getName());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      for (Object found = queue.remove(); found != end; found = queue.remove()) {
        ended((Watch) found);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it but a machine that ends.
      Thread.currentThread().interrupt();
    }
  }

  private void ended(Watch watch) {
    if (!watched.remove(watch)) {
      return;
    }
    try {
      watch.line.forgotten();
    } catch (RuntimeException e) {
      LOG.error("{} was dropped and could not be ended: {}", watch.line, e.toString());
    }
  }
}
