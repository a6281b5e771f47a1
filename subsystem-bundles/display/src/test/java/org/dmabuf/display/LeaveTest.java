package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.DisplayRig.FREE;
import static org.dmabuf.display.DisplayRig.LAYOUT;
import static org.dmabuf.display.DisplayRig.NOTHING;
import static org.dmabuf.display.DisplayRig.PACED;
import static org.dmabuf.display.DisplayRig.PERIOD;
import static org.dmabuf.display.Failures.errnoOf;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent.Outcome;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.Modifier;
import org.dmabuf.memory.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver leaves, at every point of the cycle of a frame. */
@Timeout(120)
final class LeaveTest {
  @Test
  void whileItWaitsForAFenceTheCommitIsCanceledAndNothingIsCounted() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      AtomicInteger recorded = new AtomicInteger();
      rig.file.setRecorder((cookie, layout, view) -> recorded.incrementAndGet());
      rig.file.setMode(FREE);
      int fd = rig.buffer();
      DmaFence writing = rig.writing(fd);
      DmaFence out = rig.commit(rig.framebuffer(fd), 5);
      rig.awaitStatus("capture0");

      rig.stopBundle();

      assertCanceled(rig, out, 5);
      assertThat(recorded).hasValue(0);
      assertThat(rig.client.meter().get(Transfer.READ)).isZero();
      assertThat(rig.client.holdings().attachments()).isZero();
      assertThat(rig.client.holdings().mappings()).isZero();

      // A fence that completes afterwards wakes nobody.
      rig.capture.signal(writing);
      rig.client.files().close(fd);
      assertThat(rig.client.holdings()).isEqualTo(NOTHING);
    }
  }

  @Test
  void whileItWaitsForTheVblankTheCommitIsCanceled() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(PACED);
      DmaFence out = rig.commit(rig.framebuffer(rig.buffer()), 6);
      rig.clock.awaitScheduled(1);
      rig.stopBundle();
      assertCanceled(rig, out, 6);
      rig.clock.advance(PERIOD);
      assertThat(rig.client.meter().get(Transfer.READ)).isZero();
    }
  }

  @Test
  void whenTheFlipWasDecidedTheScanIsCompletedFirst() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      CountDownLatch scanning = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      List<Long> recorded = new ArrayList<>();
      rig.file.setRecorder(
          (cookie, layout, view) -> {
            scanning.countDown();
            awaitUninterruptibly(goOn);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            recorded.add(cookie);
          });
      rig.file.setMode(FREE);
      int fd = rig.buffer();
      int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 1);
      DmaFence out = rig.commit(rig.framebuffer(fd), 7);
      scanning.await();
      assertThat(rig.display.status()).startsWith("scans out frame 7");
      assertThat(rig.file.nextEvent()).isEmpty();

      CountDownLatch stopped = new CountDownLatch(1);
      Thread stopper = Thread.ofPlatform().start(() -> stop(rig, stopped));
      assertThat(stopped.await(50, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(errnoOf(() -> rig.commit(1, 8))).isEqualTo(Errno.ENODEV);
      goOn.countDown();
      stopper.join();

      assertThat(recorded).containsExactly(7L);
      FlipEvent event = rig.file.nextEvent().orElseThrow();
      assertThat(event.outcome()).isEqualTo(Outcome.FLIPPED);
      assertThat(event.checksum()).isEqualTo(written);
      assertThat(event.error()).isEmpty();
      assertThat(out.error()).isEmpty();
      assertThat(out.isSignaled()).isTrue();
      assertThat(errnoOf(() -> rig.file.nextEvent())).isEqualTo(Errno.ENODEV);
    }
  }

  @Test
  void afterItsFlipsTheEventsCanStillBeTakenAndAllElseSaysThatItHasGone() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(FREE);
      int fd = rig.buffer();
      int fb = rig.framebuffer(fd);
      rig.commit(fb, 1).await();
      rig.commit(fb, 2).await();
      rig.stopBundle();
      assertThat(rig.display.status()).startsWith("has gone");
      assertThat(rig.file.nextEvent().orElseThrow().cookie()).isEqualTo(1);
      assertThat(rig.file.nextEvent().orElseThrow().cookie()).isEqualTo(2);
      assertThat(errnoOf(() -> rig.file.nextEvent())).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.file.setMode(FREE))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.commit(fb, 3))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.framebuffer(fd))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.file.removeFramebuffer(fb))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.display.open(rig.client.files()))).isEqualTo(Errno.ENODEV);
      assertThat(rig.file.snapshot()).isEmpty();
      rig.file.close();
      rig.display.close();
      rig.client.files().close(fd);
      assertThat(rig.client.holdings()).isEqualTo(NOTHING);
    }
  }

  @Test
  void theListenerIsToldThatTheDeviceHasGone() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      CountDownLatch gone = new CountDownLatch(1);
      rig.file.setListener(
          () -> {
            if (errnoOf(() -> rig.file.nextEvent()) == Errno.ENODEV) {
              gone.countDown();
            }
          });
      rig.display.close();
      assertThat(gone.getCount()).isZero();
    }
  }

  @Test
  void theLastPictureIsKeptWhenItWasAskedFor() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setKeepLastPicture(true);
      rig.file.setMode(FREE);
      int fd = rig.buffer();
      TestBuffers.write(rig.client, fd, LAYOUT, (byte) 0x20);
      rig.flip(rig.framebuffer(fd), 1);
      int[] before = rig.file.snapshot().orElseThrow().argb();
      rig.stopBundle();
      assertThat(rig.file.snapshot().orElseThrow().argb()).isEqualTo(before);
      assertThat(rig.client.holdings().mappings()).isZero();
    }
  }

  @Test
  void itMayBeStoppedByItsOwnListener() throws Exception {
    try (DisplayRig rig = new DisplayRig()) {
      rig.file.setMode(FREE);
      int fb = rig.framebuffer(rig.buffer());
      CountDownLatch gone = new CountDownLatch(1);
      rig.file.setListener(
          () -> {
            rig.display.close();
            if (rig.display.status().startsWith("has gone")) {
              gone.countDown();
            }
          });
      rig.commit(fb, 1);
      assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.file.nextEvent().orElseThrow().outcome()).isEqualTo(Outcome.FLIPPED);
      assertThat(rig.client.holdings().attachments()).isZero();
    }
  }

  @Test
  void aRecorderThatNeverComesBackDoesNotHoldTheStopForEver() throws Exception {
    CountDownLatch scanning = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(1);
    try (DisplayRig rig = new DisplayRig(new DisplayRig.PlainDriver(DisplayRig.INFO), 20)) {
      rig.file.setRecorder(
          (cookie, layout, view) -> {
            scanning.countDown();
            awaitUninterruptibly(goOn);
          });
      rig.file.setMode(FREE);
      DmaFence out = rig.commit(rig.framebuffer(rig.buffer()), 1);
      scanning.await();
      rig.display.close();
      assertThat(out.error()).contains(Errno.ECANCELED);
      rig.file.setListener(back::countDown);
      goOn.countDown();
      assertThat(back.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.file.nextEvent().orElseThrow().outcome()).isEqualTo(Outcome.FLIPPED);
      assertThat(rig.client.holdings().mappings()).isZero();
    }
  }

  @Test
  void whateverTheRaceAFrameIsShownOrCanceledNeverBoth() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (DisplayRig rig = new DisplayRig()) {
        AtomicInteger recorded = new AtomicInteger();
        rig.file.setRecorder((cookie, layout, view) -> recorded.incrementAndGet());
        rig.file.setMode(FREE);
        int fd = rig.buffer();
        DmaFence writing = rig.writing(fd);
        DmaFence out = rig.commit(rig.framebuffer(fd), round);
        CyclicBarrier together = new CyclicBarrier(2);
        Thread writer =
            Thread.ofPlatform()
                .start(
                    () -> {
                      await(together);
                      rig.capture.signal(writing);
                    });
        await(together);
        for (int spin = 0; spin < round * 100; spin++) {
          Thread.onSpinWait();
        }
        rig.stopBundle();
        writer.join();

        FlipEvent event = rig.file.nextEvent().orElseThrow();
        boolean flipped = event.outcome() == Outcome.FLIPPED;
        assertThat(recorded).hasValue(flipped ? 1 : 0);
        assertThat(event.bytesRead() > 0).isEqualTo(flipped);
        assertThat(out.isSignaled()).isTrue();
        assertThat(out.error())
            .isEqualTo(flipped ? Optional.empty() : Optional.of(Errno.ECANCELED));
        assertThat(event.outcome()).isNotEqualTo(Outcome.SKIPPED);
        assertThat(errnoOf(() -> rig.file.nextEvent())).isEqualTo(Errno.ENODEV);
        rig.client.files().close(fd);
        assertThat(rig.client.holdings()).isEqualTo(NOTHING);
      }
    }
  }

  @Test
  void nothingThatOutlivesItReachesTheDriver() {
    try (DisplayRig rig = new DisplayRig()) {
      WeakReference<ScanoutDriver> driver = new WeakReference<>(withDriver(rig));
      assertThat(driver.get()).isNull();
    }
  }

  @Test
  void oneThatIsClosedLeavesNothingInTheRegistryOfABundleThatGoesOn() {
    try (DisplayRig rig = new DisplayRig()) {
      WeakReference<DisplayCore> closed = new WeakReference<>(startAndClose(rig));
      awaitCollected(closed);
      assertThat(closed.get()).isNull();
    }
  }

  /**
   * Collects until it is gone or 30 s have passed: a thread's last native steps may still hold it.
   */
  private static void awaitCollected(WeakReference<?> object) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (object.get() != null && System.nanoTime() - deadline < 0) {
      System.gc();
    }
  }

  private static DisplayCore startAndClose(DisplayRig rig) {
    DisplayCore second = DisplayCore.start(rig.bundle, new DisplayRig.PlainDriver(DisplayRig.INFO));
    second.close();
    return second;
  }

  /**
   * Starts, uses and stops a display of a driver of its own; returns that driver once collected.
   */
  private static ScanoutDriver withDriver(DisplayRig rig) {
    DisplayCore other =
        DisplayCore.start(
            rig.core.open("other bundle"), new DisplayRig.PlainDriver(DisplayRig.INFO));
    WeakReference<ScanoutDriver> driver = new WeakReference<>(other.driver());
    DisplayFile file = other.open(rig.client.files());
    file.setMode(FREE);
    int fb = file.addFramebuffer(rig.buffer(), LAYOUT, Modifier.LINEAR);
    DmaFence out = file.commit(CommitRequest.of(fb, 1));
    out.await();
    other.close();
    awaitCollected(driver);
    assertThat(file.nextEvent()).isPresent();
    assertThat(other.status()).startsWith("has gone");
    assertThat(out.error()).isEmpty();
    return driver.get();
  }

  private static void assertCanceled(DisplayRig rig, DmaFence out, long cookie) {
    FlipEvent event = rig.file.nextEvent().orElseThrow();
    assertThat(event.cookie()).isEqualTo(cookie);
    assertThat(event.outcome()).isEqualTo(Outcome.CANCELED);
    assertThat(event.error()).contains(Errno.ECANCELED);
    assertThat(event.bytesRead()).isZero();
    assertThat(out.isSignaled()).isTrue();
    assertThat(out.error()).contains(Errno.ECANCELED);
    assertThat(errnoOf(() -> rig.file.nextEvent())).isEqualTo(Errno.ENODEV);
  }

  private static void stop(DisplayRig rig, CountDownLatch stopped) {
    rig.stopBundle();
    stopped.countDown();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException again) {
        // The stop's last resort; this one does not come back for it.
        assertThat(latch.getCount()).isPositive();
      }
    }
  }
}
