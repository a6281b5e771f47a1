package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations on containers and on lines, each pair in every order of its steps. */
class ContainerInterleavingsTest {
  @ParameterizedTest
  @EnumSource
  void containerIsRight(ContainerPair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource
  void lineIsRight(LinePair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }
}
