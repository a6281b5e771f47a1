package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TransferMeterTest {
  private final TransferMeter meter = new TransferMeter();

  @Test
  void keepsTheReasonsApart() {
    meter.add(Transfer.COPIED, 3);
    meter.add(Transfer.READ, 4);
    meter.add(Transfer.COPIED, 5);
    assertThat(meter.get(Transfer.COPIED)).isEqualTo(8);
    assertThat(meter.get(Transfer.READ)).isEqualTo(4);
    assertThat(meter.snapshot()).hasSize(Transfer.values().length).containsEntry(Transfer.READ, 4L);
  }

  @Test
  void refusesNegativeNumbers() {
    assertThatThrownBy(() -> meter.add(Transfer.COPIED, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
