package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Row;
import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.api.Test;

/**
 * A removal that waits came between the moment in which a thread had won the completion of a fence
 * and that in which it said that it would tell: it found nobody to wait for, returned, and the
 * callback ran afterwards.
 */
class CallbackRanAfterItWasWaitedForTest {
  @Test
  @Row("S4")
  void removalWaitsForWhoIsAboutToTell() throws Exception {
    for (String completion : new String[] {"SIGNAL", "FAIL", "CLOSE", "DROP", "TIME"}) {
      Interleavings.Maker both = FenceOperation.maker("REMOVE_AND_WAIT+" + completion);
      assertThat(Interleavings.exhaust(2, both).schedules()).isGreaterThan(1);
    }
  }
}
