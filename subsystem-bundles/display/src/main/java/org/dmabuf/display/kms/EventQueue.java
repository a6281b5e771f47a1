package org.dmabuf.display.kms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that a client has not taken yet, and who is told of new ones. Thread-safe; nothing is
 * called with a lock held.
 */
final class EventQueue {
  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  private final String owner;
  private final Deque<KmsEvent> events = new ArrayDeque<>(); // guarded by this
  private volatile Runnable listener;

  EventQueue(String owner) {
    this.owner = owner;
  }

  synchronized Optional<KmsEvent> take() {
    return Optional.ofNullable(events.poll());
  }

  synchronized boolean isEmpty() {
    return events.isEmpty();
  }

  /** ENOMEM when there is no room for some more. */
  synchronized void checkRoom(int more) {
    if (events.size() + more > KmsFile.MAX_EVENTS) {
      throw new DmaBufException(
          Errno.ENOMEM,
          owner + " has " + events.size() + " events that were not taken; take some first");
    }
  }

  synchronized void deliver(KmsEvent event) {
    events.add(event);
  }

  void setListener(Runnable told) {
    listener = told;
  }

  /** Returns whether anybody is to be told. */
  boolean isListened() {
    return listener != null;
  }

  /** Tells the listener. */
  void wake() {
    Runnable now = listener;
    if (now == null) {
      return;
    }
    try {
      now.run();
    } catch (RuntimeException | Error failed) {
      // The listener is somebody else's; the display goes on.
      LOG.error("A listener of {} failed: {}", owner, failed, failed);
    }
  }

  /** Forgets all. */
  synchronized void clear() {
    listener = null;
    events.clear();
  }
}
