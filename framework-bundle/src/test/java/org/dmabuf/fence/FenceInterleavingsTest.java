package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every operation on a fence against every other one and against itself, in every order of their
 * steps; any three of them by seed. See {@link FenceCase} for what must hold, and {@link
 * Interleavings} for how far it goes.
 */
class FenceInterleavingsTest {
  @ParameterizedTest
  @EnumSource
  void getsOnWithEveryOtherOne(FenceOperation one) throws Exception {
    for (FenceOperation other : FenceOperation.values()) {
      String pair = one + "+" + other;
      if (one.waits() && other.waits()) {
        // A third one completes it.
        named(pair, () -> Interleavings.sample(1, 200, FenceOperation.maker(pair)));
      } else if (other.compareTo(one) >= 0) {
        assertThat(explored(pair).schedules()).as(pair).isGreaterThan(1);
      }
    }
  }

  @Test
  void anyThreeGetOn() throws Exception {
    List<String> triples = new ArrayList<>();
    for (FenceOperation one : FenceOperation.values()) {
      for (FenceOperation two : FenceOperation.values()) {
        for (FenceOperation three : FenceOperation.values()) {
          if (one.compareTo(two) <= 0 && two.compareTo(three) <= 0) {
            triples.add(one + "+" + two + "+" + three);
          }
        }
      }
    }
    for (String triple : triples) {
      named(triple, () -> Interleavings.sample(FenceOperation.maker(triple)));
    }
  }

  private interface Run {
    void run() throws Exception;
  }

  private static Interleavings.Coverage explored(String pair) throws Exception {
    Interleavings.Coverage[] coverage = {null};
    named(pair, () -> coverage[0] = Interleavings.check(FenceOperation.maker(pair)));
    return coverage[0];
  }

  private static void named(String what, Run run) throws Exception {
    try {
      run.run();
    } catch (AssertionError failed) {
      throw new AssertionError(what + ": " + failed.getMessage(), failed);
    }
  }
}
