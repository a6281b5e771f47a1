package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.junit.jupiter.api.Test;

/** What a replay makes of steps, with calls that are made up. */
final class ReplayTest {
  private static final Map<String, Object> OK = Map.of("ok", true);

  private final List<Disagreement> told = new ArrayList<>();

  @Test
  void shouldTellOnlyOfWhatWasAnsweredOtherwise() {
    int disagree =
        replay(
            line("a", 1, "fine", OK),
            line("a", 2, "refuses", OK),
            line("a", 3, "refuses", Map.of("err", "EPERM")),
            line("a", 4, "fine", Map.of("err", "EPERM")));
    assertThat(disagree).isEqualTo(2);
    assertThat(told).extracting(found -> found.step().number()).containsExactly(2L, 4L);
    assertThat(told)
        .extracting(Disagreement::answer)
        .containsExactly(Answer.of(Map.of("err", "EPERM")), Answer.ok());
  }

  @Test
  void shouldCountACallThatDoesNotExistAsADisagreement() {
    assertThat(replay(line("a", 1, "none", OK))).isEqualTo(1);
    assertThat(told.getFirst().answer().keys())
        .containsEntry("unreplayable", "there is no operation none yet");
  }

  @Test
  void shouldCountWhatTheInterfaceNeverThrowsAsADisagreementAndGoOn() {
    assertThat(replay(line("a", 1, "breaks", OK), line("a", 2, "fine", OK))).isEqualTo(1);
    assertThat(told.getFirst().answer().keys()).containsOnlyKeys("broken");
  }

  @Test
  void shouldStartEachScenarioFromNothingThoughItsLinesStandApart() {
    assertThat(
            replay(
                line("a", 1, "bind", OK),
                line("b", 1, "use", OK),
                line("a", 2, "use", OK),
                line("b", 2, "bind", OK)))
        .isEqualTo(1);
    assertThat(told.getFirst().scenario()).isEqualTo("b");
    assertThat(told.getFirst().answer().keys())
        .containsEntry("unreplayable", "nothing of that kind is bound to x");
  }

  @Test
  void shouldRefuseWhatIsNoStep() {
    assertThatIllegalArgumentException().isThrownBy(() -> Trace.of("t", List.of(Map.of("s", "a"))));
    assertThatIllegalArgumentException().isThrownBy(() -> Trace.of("t", List.of("text")));
  }

  @Test
  void shouldRefuseTwoOperationsOfOneName() {
    Operation fine = (process, arguments) -> Answer.ok();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Operations(List.of(Map.of("a", fine), Map.of("a", fine))));
  }

  @Test
  void shouldAddUpFilesOfOneName() {
    Families families = new Families();
    Trace trace = Trace.of("fd", List.of(line("a", 1, "fine", OK), line("b", 1, "fine", OK)));
    families.add(trace, 0);
    families.add(trace, 1);
    assertThat(families.disagree()).isEqualTo(1);
    assertThat(families.report())
        .isEqualTo(Map.of("fd", Map.of("scenarios", 4, "steps", 4, "disagree", 1)));
  }

  private int replay(Object... lines) {
    Operations operations =
        new Operations(
            List.of(
                Map.of(
                    "fine",
                    (process, arguments) -> Answer.ok(),
                    "refuses",
                    (process, arguments) -> {
                      throw new DmaBufException(Errno.EPERM, "planted");
                    },
                    "breaks",
                    (process, arguments) -> {
                      throw new IllegalStateException("planted");
                    },
                    "bind",
                    (process, arguments) -> {
                      process.names().bind("x", 1);
                      return Answer.ok();
                    },
                    "use",
                    (process, arguments) -> {
                      process.names().descriptor("x");
                      return Answer.ok();
                    })));
    ManualClock clock = new ManualClock();
    try (DmaBufCore core = DmaBufCore.create(clock, 1 << 20, Duration.ofSeconds(5));
        Replay replay =
            new Replay(
                Optional.of(clock),
                new Devices(core.open("replay"), null, null, new Nodes()),
                operations)) {
      return replay.run(Trace.of("t", List.of(lines)), told::add);
    }
  }

  private static Map<String, Object> line(
      String scenario, int number, String operation, Map<String, Object> expect) {
    return Map.of("s", scenario, "n", number, "op", operation, "expect", expect);
  }
}
