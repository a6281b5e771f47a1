package org.dmabuf.video.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an open file has subscribed to, and what has happened of it. Of a control only the latest
 * value waits.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct v4l2_fh} with its {@code subscribed} and {@code
 * available}.
 */
final class EventQueue {
  private record Key(int type, int id) {}

  private final Map<Key, Integer> subscribed = new HashMap<>(); // key -> flags
  private final Deque<VideoEvent> waiting = new ArrayDeque<>();
  private long sequence;

  /** Subscribes, or changes the flags. */
  synchronized void subscribe(int type, int id, int flags) {
    subscribed.put(new Key(type, id), flags);
  }

  /** Ends a subscription, and forgets what waits of it. */
  synchronized void unsubscribe(int type, int id) {
    subscribed.remove(new Key(type, id));
    waiting.removeIf(event -> event.type() == type && event.id() == id);
  }

  synchronized void unsubscribeAll() {
    subscribed.clear();
    waiting.clear();
  }

  /**
   * Adds an event, if it is subscribed to.
   *
   * @param own whether this file did it itself
   * @return whether it was added
   */
  synchronized boolean add(int type, int id, int value, boolean own, long nanos) {
    Integer flags = subscribed.get(new Key(type, id));
    if (flags == null || (own && (flags & VideoEvent.ALLOW_FEEDBACK) == 0)) {
      return false;
    }
    waiting.removeIf(event -> event.type() == type && event.id() == id);
    waiting.add(new VideoEvent(type, id, value, sequence++, nanos));
    return true;
  }

  synchronized Optional<VideoEvent> poll() {
    return Optional.ofNullable(waiting.poll());
  }

  synchronized int size() {
    return waiting.size();
  }
}
