package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.Test;

/**
 * A commit was done with when its event was delivered, and a file that was closed at that moment
 * was back before the display's thread had given the commit's buffer back.
 */
class ClosedBeforeItsBufferWasGivenBackTest {
  @Test
  void closeReturnsWhenEverythingIsGivenBack() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(DisplayRig.FREE);
      // A close that does not wait for the detach would be back long before this time has passed.
      Runnable slow = () -> await(closed, 300);
      int fd = TestBuffers.export(rig.client, DisplayRig.LAYOUT.size(), slow);
      DmaFence writing = rig.writing(fd);
      int framebuffer = rig.framebuffer(fd);
      rig.commit(framebuffer, 1);
      rig.file.removeFramebuffer(framebuffer);
      FutureTask<Long> closer =
          new FutureTask<>(
              () -> {
                rig.file.close();
                closed.countDown();
                return rig.client.holdings().attachments();
              });
      Thread.ofPlatform().daemon().start(closer);
      assertThat(closer.get(30, TimeUnit.SECONDS)).isZero();
      assertThat(writing.isSignaled()).isFalse();
    }
  }

  private static void await(CountDownLatch latch, long millis) {
    try {
      latch.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
