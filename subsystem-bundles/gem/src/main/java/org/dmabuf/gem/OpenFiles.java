package org.dmabuf.gem;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dmabuf.DmaClock;

/**
 * The open files of one device, and where its driver waits until there are none.
 *
 * <p>Thread-safe; nothing is called with its monitor held.
 */
final class OpenFiles {
  private final DmaClock clock;
  private final Set<GemFile> files = new HashSet<>();

  OpenFiles(DmaClock clock) {
    this.clock = clock;
  }

  synchronized void add(GemFile file) {
    files.add(file);
  }

  synchronized void remove(GemFile file) {
    files.remove(file);
    if (files.isEmpty()) {
      notifyAll();
    }
  }

  synchronized List<GemFile> all() {
    return List.copyOf(files);
  }

  /** Who has it open, for messages. */
  List<String> owners() {
    return all().stream().map(GemFile::owner).sorted().toList();
  }

  /**
   * Waits until there is none.
   *
   * @param bound how long at most, on the product's clock
   * @return whether that came; false also when the thread was interrupted
   */
  boolean awaitNone(Duration bound) {
    long deadline = clock.nanos() + bound.toNanos();
    DmaClock.Timer timer = clock.schedule(deadline, this::wake);
    try {
      synchronized (this) {
        while (!files.isEmpty() && deadline - clock.nanos() > 0) {
          wait();
        }
        return files.isEmpty();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      timer.cancel();
    }
  }

  private synchronized void wake() {
    notifyAll();
  }
}
