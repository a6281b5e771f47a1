package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dmabuf.debug.Leak;
import org.dmabuf.debug.LeakKind;

/** What tests ask of the books about leaks. */
final class PlantedLeaks {
  private static final long BOUND_SECONDS = 60;

  private PlantedLeaks() {}

  /** Returns the line below the one that calls this. */
  static int lineBelow() {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber() + 1);
  }

  /** Waits until the collector has found that something was dropped; returns all leaks. */
  static List<Leak> awaitLeak(DmaBufRegistry registry) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (registry.leaks().isEmpty()) {
      assertThat(System.nanoTime() - end).as("a leak is found").isNegative();
      System.gc();
      Thread.onSpinWait();
    }
    return registry.leaks();
  }

  /** Checks a leak's kind, client and place, and that the log has it. */
  static void assertLeak(Leak leak, LeakKind kind, Leak.Cause cause, Class<?> test, int line) {
    assertThat(leak.kind()).isEqualTo(kind);
    assertThat(leak.cause()).isEqualTo(cause);
    assertThat(leak.client()).isEqualTo("leaker");
    assertThat(leak.acquired().getFirst().getClassName()).isEqualTo(test.getName());
    assertThat(leak.acquired().getFirst().getLineNumber()).as("line of %s", leak).isEqualTo(line);
    assertThat(LogRecorder.lines())
        .as("the log tells of %s", leak)
        .anySatisfy(
            logged ->
                assertThat(logged)
                    .startsWith("WARN Leak: " + kind)
                    .contains("leaker", test.getSimpleName() + ".java:" + line, cause.toString()));
  }
}
