package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.DisplayRig.FREE;
import static org.dmabuf.display.DisplayRig.LAYOUT;
import static org.dmabuf.display.DisplayRig.PACED;
import static org.dmabuf.display.DisplayRig.PERIOD;
import static org.dmabuf.display.Failures.errnoOf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a flip waits for, and what becomes of it. */
@Timeout(120)
final class FlipTest {
  private static final long SAMPLES = 32 * 16 * 4;

  private final DisplayRig rig = new DisplayRig();
  private final List<Long> recorded = new ArrayList<>();
  private final int fd = rig.buffer();

  FlipTest() {
    rig.file.setRecorder((cookie, layout, view) -> recorded.add(cookie));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aFrameIsReadThroughTheDisplaysOwnMappingAndReported() throws InterruptedException {
    int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 3);
    rig.file.setMode(FREE);
    List<Integer> seen = new ArrayList<>();
    rig.file.setRecorder(
        (cookie, layout, view) -> {
          assertThat(view.isReadOnly()).isTrue();
          seen.add(FrameChecksum.of(view, layout));
        });
    long before = rig.client.meter().get(Transfer.VERIFIED);

    DmaFence shown = rig.commit(rig.framebuffer(fd), 42);
    FlipEvent event = rig.event();

    assertThat(event)
        .isEqualTo(
            new FlipEvent(
                42, Outcome.FLIPPED, Optional.empty(), 1, rig.clock.nanos(), written, SAMPLES));
    shown.await();
    assertThat(shown.error()).isEmpty();
    assertThat(seen).containsExactly(written);
    assertThat(rig.client.meter().get(Transfer.READ)).isEqualTo(SAMPLES);
    assertThat(rig.client.meter().get(Transfer.VERIFIED) - before).isEqualTo(SAMPLES);
    assertThat(rig.client.meter().get(Transfer.COPIED)).isZero();
  }

  @Test
  void aPendingWriteFenceHoldsTheFlipAndTheStatusSaysWhose() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    DmaFence shown = rig.commit(fb, 1);

    rig.awaitStatus("waits for v4l2 capture0 seq 1 since 0 ms");
    rig.clock.advance(3_000_000);
    assertThat(rig.display.status()).isEqualTo("waits for v4l2 capture0 seq 1 since 3 ms");
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(shown.isSignaled()).isFalse();

    int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 9);
    rig.capture.signal(writing);
    FlipEvent event = rig.event();
    assertThat(event.outcome()).isEqualTo(Outcome.FLIPPED);
    assertThat(event.checksum()).isEqualTo(written);
  }

  @Test
  void aKernelFenceHoldsTheFlipAndAReadFenceDoesNot() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    DmaFence reading = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, reading, Usage.READ);
    assertThat(rig.flip(fb, 1).outcome()).isEqualTo(Outcome.FLIPPED);

    DmaFence moving = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL);
    rig.commit(fb, 2);
    rig.awaitStatus("capture0 seq 2");
    rig.capture.signal(moving);
    assertThat(rig.event().outcome()).isEqualTo(Outcome.FLIPPED);
    rig.capture.signal(reading);
  }

  @Test
  void allWritersAreWaitedForAndOneThatComesAfterTheCommitIsNot() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    DmaFence first = rig.writing(fd);
    DmaFence other = rig.client.fenceContext("gpu", "ring0").create();
    TestBuffers.reserve(rig.client, fd, other, Usage.WRITE);
    rig.commit(fb, 1);
    rig.awaitStatus("capture0 seq 1");
    DmaFence late = rig.writing(fd);
    rig.capture.signal(first);
    rig.awaitStatus("waits for gpu ring0 seq 1");
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(late.isSignaled()).isFalse();
    assertThat(other.isSignaled()).isFalse();
    rig.core.close(rig.client); // the other writers go: their fences fail, the first is fine
    assertThat(rig.event().error()).contains(Errno.ECANCELED);
  }

  @Test
  void aFrameWhoseFenceFailsIsSkippedAndTheOldOneStays() throws InterruptedException {
    rig.file.setMode(FREE);
    byte[][] grey = {new byte[32 * 4]};
    Arrays.fill(grey[0], (byte) 0x44);
    TestBuffers.write(rig.client, fd, LAYOUT, grey);
    rig.flip(rig.framebuffer(fd), 1);

    int second = rig.buffer();
    int fb = rig.framebuffer(second);
    DmaFence writing = rig.writing(second);
    DmaFence shown = rig.commit(fb, 2);
    rig.awaitStatus("capture0");
    rig.capture.fail(writing, Errno.EIO);

    FlipEvent event = rig.event();
    assertThat(event.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(event.error()).contains(Errno.EIO);
    assertThat(event.bytesRead()).isZero();
    shown.await();
    assertThat(shown.error()).contains(Errno.EIO);
    assertThat(recorded).containsExactly(1L);
    assertThat(rig.file.snapshot().orElseThrow().at(0, 0)).isEqualTo(0xff444444);
    assertThat(rig.client.meter().get(Transfer.READ)).isEqualTo(SAMPLES);
  }

  @Test
  void aFrameThatHadFailedBeforeItsCommitIsSkippedUntilItIsWrittenAgain()
      throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    rig.capture.fail(rig.writing(fd), Errno.EIO);
    FlipEvent failed = rig.flip(fb, 1);
    assertThat(failed.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(failed.error()).contains(Errno.EIO);
    assertThat(rig.file.snapshot()).isEmpty();

    rig.capture.signal(rig.writing(fd));
    assertThat(rig.flip(fb, 2).outcome()).isEqualTo(Outcome.FLIPPED);
  }

  @Test
  void anExplicitFenceReplacesTheImplicitOnes() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    DmaFence implicit = rig.writing(fd);
    DmaFence explicit = rig.capture.create();
    rig.file.commit(new CommitRequest(fb, 1, Optional.of(explicit)));
    rig.awaitStatus("capture0 seq 2");
    rig.capture.signal(explicit);
    assertThat(rig.event().outcome()).isEqualTo(Outcome.FLIPPED);
    assertThat(implicit.isSignaled()).isFalse();

    DmaFence failing = rig.capture.create();
    rig.capture.fail(failing, Errno.ETIMEDOUT);
    rig.file.commit(new CommitRequest(fb, 2, Optional.of(failing)));
    FlipEvent event = rig.event();
    assertThat(event.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(event.error()).contains(Errno.ETIMEDOUT);
    rig.capture.signal(implicit);
  }

  @Test
  void whileACommitIsPendingNothingOvertakesIt() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    rig.commit(fb, 1);
    assertThat(errnoOf(() -> rig.commit(fb, 2))).isEqualTo(Errno.EBUSY);
    assertThat(errnoOf(() -> rig.file.setMode(PACED))).isEqualTo(Errno.EBUSY);
    rig.capture.signal(writing);
    assertThat(rig.event().cookie()).isEqualTo(1);
    assertThat(rig.flip(fb, 3).cookie()).isEqualTo(3);
    assertThat(recorded).containsExactly(1L, 3L);
  }

  @Test
  void whoIsToldOfAFlipCanCommitTheNextOne() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    AtomicBoolean again = new AtomicBoolean();
    Semaphore done = new Semaphore(0);
    rig.file.setListener(
        () -> {
          if (rig.file.nextEvent().isPresent() && again.compareAndSet(false, true)) {
            rig.commit(fb, 2);
          } else {
            done.release();
          }
        });
    rig.commit(fb, 1);
    done.acquire();
    assertThat(recorded).containsExactly(1L, 2L);
  }

  @Test
  void flipsHappenAtVblanksOfTheClock() throws InterruptedException {
    long start = rig.clock.nanos();
    rig.file.setMode(PACED);
    int fb = rig.framebuffer(fd);
    rig.commit(fb, 1);
    rig.clock.awaitScheduled(1);
    rig.awaitStatus("waits for vblank 1");
    rig.clock.advance(PERIOD - 1);
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(recorded).isEmpty();
    rig.clock.advance(1);
    FlipEvent first = rig.event();
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.timeNanos()).isEqualTo(start + PERIOD);

    // The same vblank shows one frame only.
    rig.commit(fb, 2);
    rig.clock.awaitScheduled(1);
    rig.clock.advance(PERIOD);
    assertThat(rig.event().sequence()).isEqualTo(2);

    // Vblanks go on while nobody flips, and a late fence costs whole ones.
    DmaFence writing = rig.writing(fd);
    rig.commit(fb, 3);
    rig.awaitStatus("capture0");
    rig.clock.advance(3 * PERIOD + PERIOD / 2);
    rig.capture.signal(writing);
    rig.clock.awaitScheduled(1);
    rig.clock.advance(PERIOD / 2);
    FlipEvent late = rig.event();
    assertThat(late.sequence()).isEqualTo(6);
    assertThat(late.timeNanos()).isEqualTo(start + 6 * PERIOD);
  }

  @Test
  void theFenceIsLookedAtWhenItFlipsNotWhenItIsCommitted() throws InterruptedException {
    rig.file.setMode(PACED);
    int fb = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    rig.commit(fb, 1);
    rig.awaitStatus("capture0");
    rig.capture.fail(writing, Errno.EIO);
    rig.clock.awaitScheduled(1);
    assertThat(rig.file.nextEvent()).isEmpty();
    rig.clock.advance(PERIOD);
    FlipEvent event = rig.event();
    assertThat(event.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(event.sequence()).isEqualTo(1);
  }

  @Test
  void anotherModeMakesTheScreenDarkAndCountsAnew() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    rig.flip(fb, 1);
    rig.flip(fb, 2);
    rig.file.setMode(new Mode(32, 16, 0));
    assertThat(rig.file.snapshot()).isPresent();
    rig.file.setMode(new Mode(16, 8, 0));
    assertThat(rig.file.snapshot()).isEmpty();
    assertThat(rig.flip(fb, 3).sequence()).isEqualTo(1);
    Picture picture = rig.file.snapshot().orElseThrow();
    assertThat(picture.width()).isEqualTo(16);
    assertThat(picture.height()).isEqualTo(8);
  }

  @Test
  void aRecorderOrListenerThatFailsDoesNotStopTheDisplay() throws InterruptedException {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    rig.file.setRecorder(
        (cookie, layout, view) -> {
          throw new IllegalStateException("planted");
        });
    assertThat(rig.flip(fb, 1).outcome()).isEqualTo(Outcome.FLIPPED);
    rig.file.setRecorder(null);
    rig.file.setListener(
        () -> {
          rig.woken.release();
          throw new IllegalStateException("planted");
        });
    assertThat(rig.flip(fb, 2).outcome()).isEqualTo(Outcome.FLIPPED);
    assertThat(rig.flip(fb, 3).outcome()).isEqualTo(Outcome.FLIPPED);
  }

  @Test
  void eventsThatNobodyTakesAreBounded() {
    rig.file.setMode(FREE);
    int fb = rig.framebuffer(fd);
    for (int i = 0; i < DisplayFile.MAX_EVENTS; i++) {
      rig.commit(fb, i).await();
    }
    assertThat(errnoOf(() -> rig.commit(fb, 999))).isEqualTo(Errno.ENOMEM);
    assertThat(rig.file.nextEvent().orElseThrow().cookie()).isZero();
    rig.commit(fb, 999).await();
  }
}
