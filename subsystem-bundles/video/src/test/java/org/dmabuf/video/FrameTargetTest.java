package org.dmabuf.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;

class FrameTargetTest {
  private final TransferMeter meter = new TransferMeter();

  @Test
  void aChannelsDenseFrameIsSpreadOverPaddedRows() {
    FrameLayout layout = FrameLayout.of(PixelFormat.YUV420, 3, 3, 4);
    byte[] memory = new byte[(int) layout.size()];
    FrameTarget target = target(layout, memory);
    byte[] dense = new byte[9 + 4 + 4];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = (byte) (i + 1);
    }
    long read = target.readFrame(Channels.newChannel(new ByteArrayInputStream(dense)));
    assertThat(read).isEqualTo(17);
    assertThat(memory)
        .containsExactly(
            1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 0, 0, 12, 13, 0, 0, 14, 15, 0, 0, 16, 17, 0,
            0);
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(17);
    assertThat(meter.get(Transfer.CONVERTED)).isZero();
  }

  @Test
  void aChannelThatEndsEarlyIsTold() {
    FrameLayout layout = FrameLayout.of(PixelFormat.YUV420, 3, 3, 4);
    FrameTarget target = target(layout, new byte[(int) layout.size()]);
    assertThat(target.readFrame(Channels.newChannel(new ByteArrayInputStream(new byte[11]))))
        .isEqualTo(11);
  }

  @Test
  void rowsGoWhereTheLayoutSays() {
    FrameLayout layout = FrameLayout.of(PixelFormat.NV12, 2, 2, 4);
    byte[] memory = new byte[(int) layout.size()];
    target(layout, memory).converting().writeRow(1, 0, new byte[] {9, 7, 8}, 1);
    assertThat(memory).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 0, 0);
    assertThat(meter.get(Transfer.CONVERTED)).isEqualTo(2);
  }

  @Test
  void refusesRowsThatAreNotThereAndMemoryThatIsTooSmall() {
    FrameLayout layout = FrameLayout.of(PixelFormat.NV12, 2, 2, 1);
    FrameTarget target = target(layout, new byte[6]);
    assertThatThrownBy(() -> target.writeRow(1, 1, new byte[2], 0))
        .isInstanceOf(DmaBufException.class)
        .hasMessageContaining("no row 1");
    assertThatThrownBy(() -> target.writeRow(2, 0, new byte[2], 0))
        .isInstanceOf(DmaBufException.class)
        .hasMessageContaining("no plane 2");
    assertThatThrownBy(() -> target(layout, new byte[5]))
        .isInstanceOf(DmaBufException.class)
        .hasMessageContaining("does not fit");
  }

  private FrameTarget target(FrameLayout layout, byte[] memory) {
    FrameView view = new FrameView(List.of(MemorySegment.ofArray(memory)), meter);
    return new FrameTarget(view, layout, "test 1.0.0");
  }
}
