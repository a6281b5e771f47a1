package org.dmabuf.display.uapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.display.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modes as programs have them. */
final class ModeInfoTest {
  @ParameterizedTest
  @CsvSource({
    "640, 480, 30000",
    "1920, 1080, 59940",
    "3840, 2160, 60000",
    "8192, 8192, 1",
    "10, 10, 1000000"
  })
  void shouldTellEveryRateExactly(int width, int height, int milliHz) {
    Mode mode = new Mode(width, height, milliHz);
    assertThat(ModeInfo.read(MemorySegment.ofArray(ModeInfo.bytes(mode)))).isEqualTo(mode);
  }

  @Test
  void shouldReadAModeOfTheStandardsTimings() {
    MemorySegment memory = MemorySegment.ofArray(new byte[ModeInfo.BYTES]);
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, 0, 148_500);
    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 4, (short) 1920);
    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 10, (short) 2200);
    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 14, (short) 1080);
    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 20, (short) 1125);
    assertThat(ModeInfo.read(memory)).isEqualTo(new Mode(1920, 1080, 60_000));
  }

  @Test
  void shouldHaveNoRateWithoutTotals() {
    MemorySegment memory = MemorySegment.ofArray(new byte[ModeInfo.BYTES]);
    assertThat(ModeInfo.read(memory).refreshMilliHz()).isZero();
  }
}
