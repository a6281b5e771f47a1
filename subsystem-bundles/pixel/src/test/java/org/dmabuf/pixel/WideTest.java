package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class WideTest {
  @Test
  void everyValueShouldBeNarrowedToTheNearest() {
    for (int v = 0; v < 65_536; v++) {
      long wide = (long) v << 48 | (65_535L - v) << 32 | (long) (v ^ 0x5555) << 16 | v / 3;
      int narrow = Wide.narrow(wide);
      assertThat(narrow >>> 24).isEqualTo(Reference.nearest(v, 257));
      assertThat(narrow >> 16 & 0xff).isEqualTo(Reference.nearest(65_535 - v, 257));
      assertThat(narrow >> 8 & 0xff).isEqualTo(Reference.nearest(v ^ 0x5555, 257));
      assertThat(narrow & 0xff).isEqualTo(Reference.nearest(v / 3, 257));
    }
  }

  @Test
  void whatWasWidenedShouldComeBack() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      int colour = random.nextInt();
      assertThat(Wide.narrow(Wide.of(colour))).isEqualTo(colour);
    }
    assertThat(Wide.of(0xff00_80ff)).isEqualTo(0xffff_0000_8080_ffffL);
  }

  @Test
  void theMeanOfWhiteShouldStayWhiteAndNotCarry() {
    for (int right = 0; right < 256; right += 5) {
      for (int below = 0; below < 256; below += 5) {
        assertThat(Wide.mix(-1, -1, -1, -1, right, below)).isEqualTo(-1);
        assertThat(Wide.mix(0, 0, 0, 0, right, below)).isZero();
      }
    }
  }
}
