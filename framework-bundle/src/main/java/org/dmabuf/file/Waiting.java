package org.dmabuf.file;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who waits for the descriptors of a table: polls that sleep, and pollers.
 *
 * <p>Thread-safe. The table tells of a closed descriptor with its own monitor held, so that a
 * number that is given out again is not taken for the old one; a poller's monitor comes after that.
 */
final class Waiting {
  private final Set<PollCall> sleeping = ConcurrentHashMap.newKeySet();
  private final List<Poller> pollers = new CopyOnWriteArrayList<>();

  void add(PollCall call) {
    sleeping.add(call);
  }

  void remove(PollCall call) {
    sleeping.remove(call);
  }

  void add(Poller poller) {
    pollers.add(poller);
  }

  void remove(Poller poller) {
    pollers.remove(poller);
  }

  void descriptorClosed(int fd) {
    for (Poller poller : pollers) {
      poller.descriptorClosed(fd);
    }
  }

  /** The table is closed: nobody waits any longer. */
  void end() {
    sleeping.forEach(PollCall::end);
    pollers.forEach(Poller::close);
  }
}
