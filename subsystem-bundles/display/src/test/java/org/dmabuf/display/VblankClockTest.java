package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VblankClockTest {
  @Test
  void countsFromTheModeSet() {
    VblankClock vblanks = new VblankClock(1_000, 60_000);
    assertThat(vblanks.countAt(1_000)).isZero();
    assertThat(vblanks.timeOf(0)).isEqualTo(1_000);
    assertThat(vblanks.timeOf(1)).isEqualTo(1_000 + 16_666_667);
    assertThat(vblanks.timeOf(60)).isEqualTo(1_000 + 1_000_000_000);
    assertThat(vblanks.countAt(1_000 + 16_666_666)).isZero();
    assertThat(vblanks.countAt(1_000 + 16_666_667)).isEqualTo(1);
  }

  @Test
  void doesNotDriftAndTheTwoWaysAgree() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      int refresh = 1 + random.nextInt(Mode.MAX_REFRESH_MILLI_HZ);
      VblankClock vblanks = new VblankClock(random.nextLong(1L << 40), refresh);
      long count = random.nextLong(1L << 22);
      long time = vblanks.timeOf(count);
      assertThat(vblanks.countAt(time)).isEqualTo(count);
      if (count > 0) {
        assertThat(vblanks.countAt(time - 1)).isEqualTo(count - 1);
      }
    }
    VblankClock ntsc = new VblankClock(0, 59_940);
    assertThat(ntsc.timeOf(59_940L * 86_400)).isEqualTo(86_400L * 1_000_000_000_000L);
  }
}
