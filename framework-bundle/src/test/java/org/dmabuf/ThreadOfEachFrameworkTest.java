package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Each framework left a thread behind that looked for dropped fence contexts, until the collector
 * came: thousands of them made every close of a shared arena slow.
 */
class ThreadOfEachFrameworkTest {
  @Test
  void noThreadOutlivesItsFramework() throws Exception {
    Set<Thread> before = threads();
    DmaBufCore core = DmaBufCore.create(new ManualClock(), 1L << 20, Duration.ofSeconds(5));
    DmaBufRegistry client = core.open("client");
    assertThat(client.fenceContext("driver", "line").create().isSignaled()).isFalse();
    Set<Thread> started = threads();
    started.removeAll(before);
    assertThat(started).isNotEmpty();
    assertThat(started).allMatch(thread -> thread.getContextClassLoader() == null);
    core.close();
    for (Thread thread : started) {
      assertThat(thread.join(Duration.ofSeconds(60))).as(thread.getName()).isTrue();
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("dmabuf-"))
        .collect(Collectors.toCollection(HashSet::new));
  }
}
