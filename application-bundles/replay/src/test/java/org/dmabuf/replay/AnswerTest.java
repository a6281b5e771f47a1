package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Signal;
import org.junit.jupiter.api.Test;

final class AnswerTest {
  @Test
  void shouldTakeNumbersOfAnyKindAsTheSame() {
    assertThat(Answer.of(Map.of("ok", true, "pos", 5)))
        .isEqualTo(Answer.ok().with("pos", 5L))
        .isEqualTo(Answer.ok().with("pos", BigInteger.valueOf(5)));
    assertThat(Answer.of(Map.of("ok", true, "fences", List.of(List.of("t0", 1)))))
        .isEqualTo(Answer.ok().with("fences", List.of(List.of("t0", 1L))));
  }

  @Test
  void shouldNotMindTheOrderOfKeys() {
    Map<String, Object> turned = new LinkedHashMap<>();
    turned.put("pos", 5);
    turned.put("ok", true);
    assertThat(Answer.of(turned)).isEqualTo(Answer.ok().with("pos", 5));
  }

  @Test
  void shouldDifferByAMissingKeyAnExtraOneAndAnotherValue() {
    Answer recorded = Answer.ok().with("pos", 5);
    assertThat(Answer.ok()).isNotEqualTo(recorded);
    assertThat(recorded.with("same_as", "f0")).isNotEqualTo(recorded);
    assertThat(Answer.ok().with("pos", 6)).isNotEqualTo(recorded);
    assertThat(Answer.of(Map.of("ok", true, "fences", List.of("a", "b"))))
        .isNotEqualTo(Answer.of(Map.of("ok", true, "fences", List.of("b", "a"))));
  }

  @Test
  void shouldNameTheErrorOrTheSignal() {
    assertThat(Answer.refused(new DmaBufException(Errno.EBADF, "no file")))
        .isEqualTo(Answer.of(Map.of("err", "EBADF")));
    assertThat(Answer.refused(DmaBufException.fault(Signal.SIGBUS, "no page")))
        .isEqualTo(Answer.of(Map.of("signal", "SIGBUS")));
  }
}
