package org.dmabuf;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attachments of clients that have left, whose reservation somebody keeps who hangs: each is undone
 * as soon as that one unlocks, however late.
 *
 * <pre>
 *   teardown --unlocked in time--------------------------> undone
 *      +-------EBUSY--> STRANDED, a thread waits --unlocked--> undone
 *                           +-----close(): one last look-----> undone, or kept and told of
 * </pre>
 *
 * <p>A thread for each, as there are only so many as drivers that hang. Thread-safe.
 */
final class StrandedAttachments implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StrandedAttachments.class);

  private final ReleaseWatch bounds;
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  StrandedAttachments(ReleaseWatch bounds) {
    this.bounds = bounds;
  }

  /**
   * Undoes an attachment, now or later.
   *
   * @throws DmaBufException EBUSY when it will be later
   */
  void abandon(Attachment attachment) {
    try {
      attachment.abandon();
    } catch (DmaBufException busy) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("dmabuf-stranded-attachment")
              .inheritInheritableThreadLocals(false)
              .unstarted(() -> await(attachment));
      thread.setContextClassLoader(null);
      waiting.add(thread);
      thread.start();
      if (ended) {
        // close() may not have seen it: nothing waits longer than the framework is there
        thread.interrupt();
      }
      throw busy;
    }
  }

  private void await(Attachment attachment) {
    try {
      attachment.abandonOnceUnlocked();
      LOG.info("{} is undone now", attachment);
    } catch (DmaBufException never) {
      LOG.warn("{}", never.getMessage());
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  /** Looks for the last time; the framework ends. */
  @Override
  public void close() {
    ended = true;
    List<Thread> all = List.copyOf(waiting);
    all.forEach(Thread::interrupt);
    for (Thread thread : ClientThreads.join(all, bounds.drainBound())) {
      LOG.warn("{} is still inside a driver", thread.getName());
    }
  }
}
