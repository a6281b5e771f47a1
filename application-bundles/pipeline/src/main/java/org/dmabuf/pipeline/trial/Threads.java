package org.dmabuf.pipeline.trial;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The threads that were there before a run, to find those that it left. */
final class Threads {
  private final Set<Thread> before;

  Threads() {
    before = now();
  }

  /** Returns the names of threads that were started since and still run. */
  List<String> left() {
    return now().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .sorted()
        .toList();
  }

  /** The JDK's own threads, such as the one that disposes of images, are in its system group. */
  private static Set<Thread> now() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread != Thread.currentThread())
        .filter(
            thread ->
                thread.getThreadGroup() != null
                    && !thread.getThreadGroup().getName().equals("system"))
        .collect(Collectors.toSet());
  }
}
