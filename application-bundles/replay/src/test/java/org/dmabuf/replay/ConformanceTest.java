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
  @ValueSource(strings = {"alloc", "fd", "fd-fence", "fence"})
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
