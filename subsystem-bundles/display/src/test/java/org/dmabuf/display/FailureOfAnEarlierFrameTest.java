package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.Test;

/**
 * A frame was not shown though it was written whole, when its buffer moved after it was written:
 * the fence of the move took the slot of the frame's own completed fence, and that of a frame that
 * had failed before in the same buffer was left to be looked at. The other way round, a frame that
 * had failed was shown when the fence of a move had taken its fence's slot.
 */
class FailureOfAnEarlierFrameTest {
  private static void move(DisplayRig rig, int fd) {
    DmaFence moving = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL);
    rig.capture.signal(moving);
  }

  @Test
  void frameThatWasWrittenAfterwardsIsShown() throws InterruptedException {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(DisplayRig.FREE);
      int fd = rig.buffer();
      int framebuffer = rig.framebuffer(fd);
      DmaFence moving = rig.capture.create();
      TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL); // the first slot
      FenceContext leaving = rig.client.fenceContext("v4l2", "capture1");
      DmaFence failing = leaving.create();
      TestBuffers.reserve(rig.client, fd, failing, Usage.WRITE); // the second
      rig.capture.signal(moving);
      leaving.fail(failing, Errno.ECANCELED);
      DmaFence written = rig.capture.create();
      TestBuffers.reserve(rig.client, fd, written, Usage.WRITE); // the first again
      rig.capture.signal(written);
      move(rig, fd); // and again
      assertThat(rig.flip(framebuffer, 1).outcome()).isEqualTo(Outcome.FLIPPED);
    }
  }

  @Test
  void frameThatFailedIsNotShownWhateverMoved() throws InterruptedException {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(DisplayRig.FREE);
      int fd = rig.buffer();
      int framebuffer = rig.framebuffer(fd);
      rig.capture.fail(rig.writing(fd), Errno.EIO);
      move(rig, fd);
      FlipEvent event = rig.flip(framebuffer, 1);
      assertThat(event.outcome()).isEqualTo(Outcome.SKIPPED);
      assertThat(event.error()).contains(Errno.EIO);
    }
  }
}
