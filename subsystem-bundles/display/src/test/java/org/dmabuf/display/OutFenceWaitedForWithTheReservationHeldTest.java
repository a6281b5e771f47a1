package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.dmabuf.DmaBuf;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A framebuffer that had been removed was given back before the out-fence of the flip that replaced
 * it was signalled. That takes the reservation of its buffer, so who held that one and waited for
 * the out-fence was stuck, and the display with it.
 */
@Timeout(120)
final class OutFenceWaitedForWithTheReservationHeldTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void theOutFenceCompletesThoughAFormerBuffersReservationIsHeld() throws InterruptedException {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(DisplayRig.FREE);
      int fd = rig.buffer();
      int former = rig.framebuffer(fd);
      rig.flip(former, 1);
      rig.file.removeFramebuffer(former);

      int next = rig.framebuffer(rig.buffer());
      DmaFence drawn = rig.capture.create();
      DmaFence shown = rig.file.commit(new CommitRequest(next, 2, Optional.of(drawn)));
      try (DmaBuf buffer = rig.client.get(fd)) {
        buffer.resv().lock();
        try {
          rig.capture.signal(drawn);
          assertThat(completes(shown)).as("the next frame is shown").isTrue();
          assertThat(rig.file.nextEvent()).as("the former buffer is not free yet").isEmpty();
        } finally {
          buffer.resv().unlock();
        }
      }
      assertThat(rig.event().cookie()).isEqualTo(2);
      assertThat(rig.client.holdings().attachments()).isEqualTo(1);
    }
  }

  /** By the machine's time, as the product's clock stands still. */
  private static boolean completes(DmaFence fence) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!fence.isSignaled() && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    return fence.isSignaled();
  }
}
