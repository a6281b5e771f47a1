package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.dmabuf.Holdings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the product answers is what the kernel answered, and no scenario leaves anything behind. */
final class ConformanceTest {
  private static final Holdings NOTHING = new Holdings(0, 0, 0, 0, 0, 0);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alloc",
        "fd",
        "fd-fence",
        "fence",
        "syncobj",
        "alloc-gem",
        "fd-gem",
        "fence-gem",
        "syncobj-gem",
        "prime",
        "vgemfence",
        "kms",
        "v4l2",
        "mixed"
      })
  @Row({
    "F4", "F5", "F7", "F10", "D1", "Y3", "Y4", "Y6", "A/2", "A/3", "A/7", "A/8", "A/9", "A/11",
    "A/12", "A/13", "A/14", "A/17", "B/1", "B/2", "B/4", "L/1", "L/3", "L/4", "L/5", "L/6", "L/10",
    "L/11", "L/12", "L/13", "L/14", "C/7", "D/1", "D/2", "D/3", "D/4", "D/5", "L/2", "L/15", "M2",
    "M3", "M4", "L/16", "L/17", "L/18", "N14", "C/8", "C/9", "F/1", "F/5", "F/6", "F/7", "L/24",
    "L/25", "L/26", "L/27", "L/28", "V2", "V4", "V6", "E/10", "E/2", "E/3", "E/4", "E/6", "E/11",
    "L/19", "L/20", "L/21", "L/22", "L/23"
  })
  void shouldAnswerAsTheKernelDid(String family) throws IOException {
    Trace trace = Traces.read(family);
    try (Rig rig = new Rig()) {
      for (Scenario scenario : trace.scenarios()) {
        assertThat(rig.replay(family, scenario)).as(scenario.name()).isEmpty();
        assertThat(rig.holdings()).as("after %s", scenario.name()).isEqualTo(NOTHING);
      }
    }
  }
}
