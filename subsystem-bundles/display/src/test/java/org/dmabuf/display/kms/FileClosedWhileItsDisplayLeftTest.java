package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client closed its file when the driver was about to leave: the display ended without what the
 * client's thread was giving back, so that the framework did it once more, and both said so.
 */
@Timeout(20)
final class FileClosedWhileItsDisplayLeftTest {
  @Test
  void shouldEndAfterWhatIsGivenBackByAClosingFile() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      rig.file.setRecorder(null);
      int fd = rig.buffer();
      DmaFence out = rig.commitPaced(rig.framebuffer(fd), 1);
      rig.client.files().close(fd);
      CountDownLatch told = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      // The flip comes when the file is closed, before anything is given back.
      FenceCallback flipped =
          rig.client.callback(
              done -> {
                told.countDown();
                LeaveTest.awaitUninterruptibly(goOn);
              });
      assertThat(out.addCallback(flipped)).isTrue();
      Thread closing = Thread.ofPlatform().start(rig.file::close);
      told.await();
      AtomicLong left = new AtomicLong(-1);
      Thread leaving =
          Thread.ofPlatform()
              .start(
                  () -> {
                    rig.display.close();
                    left.set(rig.client.holdings().attachments());
                  });
      rig.awaitStatus("has gone");
      awaitWaitingOrEnded(leaving);
      goOn.countDown();
      leaving.join();
      closing.join();
      assertThat(left).as("attachments when it had left").hasValue(0);
    }
  }

  private static void awaitWaitingOrEnded(Thread thread) {
    EnumSet<Thread.State> either =
        EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);
    while (!either.contains(thread.getState())) {
      Thread.onSpinWait();
    }
  }
}
