package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.errnoOf;
import static org.dmabuf.display.kms.ScanRig.LAYOUT;
import static org.dmabuf.display.kms.ScanRig.NOTHING;
import static org.dmabuf.display.kms.ScanRig.PERIOD;

import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.Transfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver leaves, at every point of the cycle of a frame that is recorded. */
@Timeout(120)
final class LeaveTest {
  @Test
  void shouldCancelACommitThatWaitsForAFence() {
    try (ScanRig rig = new ScanRig()) {
      int fd = rig.buffer();
      DmaFence writing = rig.writing(fd);
      DmaFence out = rig.commit(rig.framebuffer(fd), 5);
      rig.stopBundle();

      assertCanceled(rig, out);
      assertThat(rig.recorded).isEmpty();
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
  void shouldCancelACommitThatWaitsForAVblank() {
    try (ScanRig rig = new ScanRig()) {
      DmaFence out = rig.commitPaced(rig.framebuffer(rig.buffer()), 6);
      assertThat(rig.display.status()).startsWith("waits for vblank");
      rig.stopBundle();
      assertCanceled(rig, out);
      rig.clock.advance(PERIOD);
      assertThat(rig.client.meter().get(Transfer.READ)).isZero();
    }
  }

  @Test
  void shouldCompleteTheScanOfAFlipThatWasDecided() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      CountDownLatch scanning = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      rig.file.setRecorder(
          (cookie, layout, view) -> {
            scanning.countDown();
            awaitUninterruptibly(goOn);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            rig.recorded.add(cookie);
          });
      int fd = rig.buffer();
      int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 1);
      Framebuffer frame = rig.framebuffer(fd);
      DmaFence out = rig.commit(frame, 7);
      scanning.await();
      assertThat(rig.display.status()).startsWith("scans out frame 7");
      assertThat(rig.file.nextEvent()).isEmpty();

      CountDownLatch stopped = new CountDownLatch(1);
      Thread stopper = Thread.ofPlatform().start(() -> stop(rig, stopped));
      rig.awaitStatus("has gone");
      assertThat(errnoOf(() -> rig.commit(frame, 8))).isEqualTo(Errno.ENODEV);
      assertThat(stopped.getCount()).as("waits for the scan").isEqualTo(1);
      goOn.countDown();
      stopper.join();

      assertThat(rig.recorded).containsExactly(7L);
      KmsEvent event = rig.file.nextEvent().orElseThrow();
      assertThat(event.kind()).isEqualTo(Kind.FLIP_COMPLETE);
      assertThat(event.scan().checksum()).isEqualTo(written);
      assertThat(out.status()).isEqualTo(1);
      assertThat(rig.file.nextEvent()).isEmpty();
      assertThat(rig.file.isOpen()).isFalse();
    }
  }

  @Test
  void shouldLetEventsBeTakenAfterItsFlipsWhileAllElseSaysThatItHasGone() {
    try (ScanRig rig = new ScanRig()) {
      int fd = rig.buffer();
      Framebuffer frame = rig.framebuffer(fd);
      rig.commit(frame, 1).await();
      rig.commit(frame, 2).await();
      rig.stopBundle();
      assertThat(rig.display.status()).startsWith("has gone");
      assertThat(rig.file.isOpen()).isFalse();
      assertThat(rig.file.nextEvent().orElseThrow().cookie()).isEqualTo(1);
      assertThat(rig.file.nextEvent().orElseThrow().cookie()).isEqualTo(2);
      assertThat(rig.file.nextEvent()).isEmpty();
      assertThat(errnoOf(() -> rig.commit(frame, 3))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.framebuffer(fd))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.file.closeFramebuffer(frame.id()))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.display.open(rig.client.files()))).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.display.needs())).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> rig.file.snapshot(rig.crtc))).isEqualTo(Errno.ENODEV);
      rig.file.close();
      rig.display.close();
      rig.client.files().close(fd);
      assertThat(rig.client.holdings()).isEqualTo(NOTHING);
    }
  }

  @Test
  void shouldTellTheListenerThatTheDeviceHasGone() {
    try (ScanRig rig = new ScanRig()) {
      CountDownLatch gone = new CountDownLatch(1);
      rig.file.setListener(
          () -> {
            if (!rig.file.isOpen()) {
              gone.countDown();
            }
          });
      rig.display.close();
      assertThat(gone.getCount()).isZero();
    }
  }

  @Test
  void shouldLetItselfBeStoppedByItsOwnListener() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      Framebuffer frame = rig.framebuffer(rig.buffer());
      CountDownLatch gone = new CountDownLatch(1);
      rig.file.setListener(
          () -> {
            rig.display.close();
            gone.countDown();
          });
      rig.commit(frame, 1);
      assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.display.status()).startsWith("has gone");
      assertThat(rig.file.nextEvent().orElseThrow().kind()).isEqualTo(Kind.FLIP_COMPLETE);
      assertThat(rig.client.holdings().attachments()).isZero();
    }
  }

  @Test
  void shouldLetAFileBeClosedByItsRecorder() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      Framebuffer frame = rig.framebuffer(rig.buffer());
      rig.file.setRecorder((cookie, layout, view) -> rig.file.close());
      DmaFence out = rig.commit(frame, 1);
      assertThat(ScanRig.completes(out)).isTrue();
      rig.display.close(); // which waits for what is given back
      assertThat(rig.client.holdings().attachments()).isZero();
    }
  }

  @Test
  void shouldNotBeHeldForEverByARecorderThatNeverComesBack() throws Exception {
    CountDownLatch scanning = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(1);
    try (ScanRig rig = new ScanRig(Scanout::show, 20)) {
      rig.file.setRecorder(
          (cookie, layout, view) -> {
            scanning.countDown();
            awaitUninterruptibly(goOn);
          });
      DmaFence out = rig.commit(rig.framebuffer(rig.buffer()), 1);
      scanning.await();
      rig.display.close();
      assertThat(out.error()).contains(Errno.ECANCELED);
      rig.file.setListener(back::countDown);
      goOn.countDown();
      assertThat(back.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.file.nextEvent().orElseThrow().kind()).isEqualTo(Kind.FLIP_COMPLETE);
      assertThat(rig.client.holdings().mappings()).isZero();
    }
  }

  @Test
  void shouldShowOrCancelAFrameNeverBothWhateverTheRace() throws Exception {
    for (int round = 0; round < 100; round++) {
      try (ScanRig rig = new ScanRig()) {
        AtomicInteger recorded = new AtomicInteger();
        rig.file.setRecorder((cookie, layout, view) -> recorded.incrementAndGet());
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
        for (int spin = 0; spin < round * 200; spin++) {
          Thread.onSpinWait();
        }
        rig.stopBundle();
        writer.join();

        Optional<KmsEvent> event = rig.file.nextEvent();
        assertThat(recorded).hasValue(event.isPresent() ? 1 : 0);
        assertThat(out.isSignaled()).isTrue();
        assertThat(out.error())
            .isEqualTo(event.isPresent() ? Optional.empty() : Optional.of(Errno.ECANCELED));
        event.ifPresent(shown -> assertThat(shown.kind()).isEqualTo(Kind.FLIP_COMPLETE));
        rig.client.files().close(fd);
        assertThat(rig.client.holdings()).isEqualTo(NOTHING);
      }
    }
  }

  @Test
  void shouldLetNothingThatOutlivesItReachTheDriver() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      KmsDevice[] closed = new KmsDevice[1];
      WeakReference<ScanoutDriver> driver = new WeakReference<>(startAndClose(rig, closed));
      awaitCollected(driver);
      assertThat(driver.get()).isNull();
      assertThat(closed[0].status()).startsWith("has gone");
    }
  }

  @Test
  void shouldLeaveNothingInTheRegistryOfABundleThatGoesOn() throws Exception {
    try (ScanRig rig = new ScanRig()) {
      WeakReference<KmsDevice> closed = new WeakReference<>(started(rig));
      awaitCollected(closed);
      assertThat(closed.get()).isNull();
    }
  }

  private static KmsDevice started(ScanRig rig) {
    KmsDevice second = KmsDevice.start(rig.bundle, ScanRig.INFO);
    second.close();
    return second;
  }

  /** Starts and stops a display that has shown a frame, with a driver of its own. */
  private static ScanoutDriver startAndClose(ScanRig rig, KmsDevice[] closed) {
    ScanoutDriver driver =
        new ScanoutDriver() {
          @Override
          public void scanOut(Scanout frame) {
            frame.show();
          }
        };
    KmsDevice other = KmsDevice.start(rig.core.open("other bundle"), ScanRig.INFO, driver);
    KmsFile file = other.open(rig.client.files());
    file.setRecorder((cookie, layout, view) -> {});
    file.commit(
        new AtomicRequest()
            .light(other.crtcs().getFirst(), other.connectors().getFirst(), ScanRig.MODE)
            .show(
                other.planes().getFirst(),
                other.crtcs().getFirst(),
                file.addFramebuffer(rig.buffer(), LAYOUT)),
        AtomicFlag.ALLOW_MODESET);
    other.close();
    closed[0] = other;
    return driver;
  }

  /**
   * Collects until it is gone or 30 s have passed: a thread's last native steps may still hold it.
   */
  private static void awaitCollected(WeakReference<?> object) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (object.get() != null && System.nanoTime() - deadline < 0) {
      System.gc();
    }
  }

  private static void assertCanceled(ScanRig rig, DmaFence out) {
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(rig.file.isOpen()).isFalse();
    assertThat(out.isSignaled()).isTrue();
    assertThat(out.error()).contains(Errno.ECANCELED);
  }

  private static void stop(ScanRig rig, CountDownLatch stopped) {
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

  static void awaitUninterruptibly(CountDownLatch latch) {
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
