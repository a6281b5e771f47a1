package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameChecksumTest {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 21;

  /** The same samples, rows apart by the pitch of a layout, with rubbish in the padding. */
  private static MemorySegment frame(Arena arena, FrameLayout layout, int flipAt) {
    MemorySegment memory = arena.allocate(layout.size());
    memory.fill((byte) layout.planes().getFirst().pitch());
    int sample = 0;
    for (FrameLayout.Plane plane : layout.planes()) {
      for (int y = 0; y < plane.rows(); y++) {
        for (int x = 0; x < plane.rowBytes(); x++) {
          int value = (sample * 31 + 7) ^ (sample == flipAt ? 1 : 0);
          memory.set(
              java.lang.foreign.ValueLayout.JAVA_BYTE,
              plane.offset() + (long) y * plane.pitch() + x,
              (byte) value);
          sample++;
        }
      }
    }
    return memory;
  }

  private static int of(FrameLayout layout, int flipAt) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = frame(arena, layout, flipAt);
      return FrameChecksum.of(new FrameView(List.of(memory), new TransferMeter()), layout);
    }
  }

  @ParameterizedTest
  @EnumSource(PixelFormat.class)
  void checksumIsOfTheSamplesWhateverThePitch(PixelFormat format) {
    FrameLayout dense = FrameLayout.of(format, WIDTH, HEIGHT, 1);
    int expected = of(dense, -1);
    for (int align : new int[] {16, 64, 256, 4096}) {
      assertThat(of(FrameLayout.of(format, WIDTH, HEIGHT, align), -1)).isEqualTo(expected);
    }
    assertThat(of(dense, 0)).isNotEqualTo(expected);
    assertThat(of(dense, WIDTH * HEIGHT - 1)).isNotEqualTo(expected);
  }
}
