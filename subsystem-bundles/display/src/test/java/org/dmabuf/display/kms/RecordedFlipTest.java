package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.errnoOf;
import static org.dmabuf.display.kms.ScanRig.LAYOUT;
import static org.dmabuf.display.kms.ScanRig.PERIOD;
import static org.dmabuf.display.kms.ScanRig.SAMPLES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a flip waits for, what is read at it, and what becomes of one that failed. */
@Timeout(120)
final class RecordedFlipTest {
  private final ScanRig rig = new ScanRig();
  private final int fd = rig.buffer();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldReadAFrameThroughTheDisplaysOwnMappingAndReportIt() throws InterruptedException {
    int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 3);
    List<Integer> seen = new ArrayList<>();
    rig.file.setRecorder(
        (cookie, layout, view) -> {
          assertThat(view.isReadOnly()).isTrue();
          seen.add(FrameChecksum.of(view, layout));
        });
    long before = rig.client.meter().get(Transfer.VERIFIED);

    DmaFence shown = rig.commit(rig.framebuffer(fd), 42);
    KmsEvent event = rig.event();

    assertThat(event)
        .isEqualTo(
            new KmsEvent(
                Kind.FLIP_COMPLETE,
                rig.crtc,
                42,
                0,
                rig.clock.nanos(),
                new Scan(written, SAMPLES)));
    assertThat(shown.status()).isEqualTo(1);
    assertThat(seen).containsExactly(written);
    assertThat(rig.client.meter().get(Transfer.READ)).isEqualTo(SAMPLES);
    assertThat(rig.client.meter().get(Transfer.VERIFIED) - before).isEqualTo(SAMPLES);
    assertThat(rig.client.meter().get(Transfer.COPIED)).isZero();
  }

  @Test
  void shouldReadNothingWhenNobodyLooks() throws InterruptedException {
    rig.file.setRecorder(null);
    KmsEvent event = rig.flip(rig.framebuffer(fd), 1);
    assertThat(event.kind()).isEqualTo(Kind.FLIP_COMPLETE);
    assertThat(event.scan()).isEqualTo(Scan.NONE);
    assertThat(rig.client.meter().get(Transfer.READ)).isZero();
  }

  @Test
  void shouldHoldTheFlipWhileAWriteFenceIsPendingAndSayWhose() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    DmaFence shown = rig.commit(frame, 1);
    assertThat(rig.display.status()).isEqualTo("waits for v4l2 capture0 seq 1 since 0 ms");
    rig.clock.advance(3_000_000);
    assertThat(rig.display.status()).isEqualTo("waits for v4l2 capture0 seq 1 since 3 ms");
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(shown.isSignaled()).isFalse();

    int written = TestBuffers.write(rig.client, fd, LAYOUT, (byte) 9);
    rig.capture.signal(writing);
    assertThat(rig.event().scan().checksum()).isEqualTo(written);
    assertThat(rig.display.status()).startsWith("is idle since ");
  }

  @Test
  void shouldWaitForAMoveAlsoBesideAnExplicitFenceAndNotForReaders() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence reading = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, reading, Usage.READ);
    assertThat(rig.flip(frame, 1).kind()).isEqualTo(Kind.FLIP_COMPLETE);

    DmaFence moving = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL);
    DmaFence implicit = rig.writing(fd);
    DmaFence explicit = rig.capture.create();
    rig.commit(rig.showing(frame, 2).inFence(rig.plane, explicit), AtomicFlag.ASYNC);
    assertThat(rig.display.status()).startsWith("waits for v4l2 capture0 seq 4");
    rig.capture.signal(explicit);
    assertThat(rig.display.status()).startsWith("waits for v4l2 capture0 seq 2");
    rig.capture.signal(moving);
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_COMPLETE);
    assertThat(implicit.isSignaled()).isFalse();
    rig.capture.signal(implicit);
    rig.capture.signal(reading);
  }

  @Test
  void shouldWaitForAllWritersAndNotForOneThatComesAfterTheCommit() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence first = rig.writing(fd);
    DmaFence other = rig.client.fenceContext("gpu", "ring0").create();
    TestBuffers.reserve(rig.client, fd, other, Usage.WRITE);
    rig.commit(frame, 1);
    DmaFence late = rig.writing(fd);
    rig.capture.signal(first);
    assertThat(rig.display.status()).startsWith("waits for gpu ring0 seq 1");
    assertThat(rig.file.nextEvent()).isEmpty();
    assertThat(late.isSignaled()).isFalse();
    rig.core.close(rig.client); // the writers go: their fences fail
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_SKIPPED);
  }

  @Test
  void shouldSkipAFrameWhoseFenceFailsAndKeepTheOldOne() throws InterruptedException {
    byte[][] grey = {new byte[32 * 4]};
    Arrays.fill(grey[0], (byte) 0x44);
    TestBuffers.write(rig.client, fd, LAYOUT, grey);
    Framebuffer good = rig.framebuffer(fd);
    rig.flip(good, 1);

    int second = rig.buffer();
    Framebuffer bad = rig.framebuffer(second);
    DmaFence writing = rig.writing(second);
    DmaFence shown = rig.commit(bad, 2);
    rig.capture.fail(writing, Errno.EIO);

    KmsEvent event = rig.event();
    assertThat(event.kind()).isEqualTo(Kind.FLIP_SKIPPED);
    assertThat(event.cookie()).isEqualTo(2);
    assertThat(event.scan()).isEqualTo(Scan.NONE);
    assertThat(shown.error()).contains(Errno.EIO);
    assertThat(rig.recorded).containsExactly(1L);
    assertThat(rig.file.state().of(rig.plane).framebuffer()).contains(good);
    assertThat(rig.file.snapshot(rig.crtc).orElseThrow().at(0, 0)).isEqualTo(0xff444444);
    assertThat(rig.client.meter().get(Transfer.READ)).isEqualTo(SAMPLES);
    rig.file.closeFramebuffer(bad.id());
    rig.flip(good, 3);
    rig.file.close(); // which waits for what is given back
    assertThat(rig.client.holdings().attachments()).isZero();
  }

  @Test
  void shouldShowWhatHasFailedToWhoDoesNotMind() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    rig.file.commit(rig.showing(frame, 2), AtomicFlag.NONBLOCK, AtomicFlag.ASYNC);
    rig.capture.fail(writing, Errno.EIO);
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_COMPLETE);
  }

  @Test
  void shouldSkipAFrameThatHadFailedBeforeItsCommitUntilItIsWrittenAgain()
      throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    rig.capture.fail(rig.writing(fd), Errno.EIO);
    assertThat(rig.flip(frame, 1).kind()).isEqualTo(Kind.FLIP_SKIPPED);
    assertThat(rig.file.state().of(rig.plane).framebuffer()).isEmpty();

    rig.capture.signal(rig.writing(fd));
    assertThat(rig.flip(frame, 2).kind()).isEqualTo(Kind.FLIP_COMPLETE);
  }

  @Test
  void shouldLookAtAnExplicitFenceInsteadOfTheImplicitOnes() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    rig.capture.fail(rig.writing(fd), Errno.EIO);
    DmaFence explicit = rig.capture.create();
    rig.commit(rig.showing(frame, 1).inFence(rig.plane, explicit), AtomicFlag.ASYNC);
    rig.capture.signal(explicit);
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_COMPLETE);

    DmaFence failing = rig.capture.create();
    rig.capture.fail(failing, Errno.ETIMEDOUT);
    DmaFence out = rig.commit(rig.showing(frame, 2).inFence(rig.plane, failing), AtomicFlag.ASYNC);
    assertThat(rig.event().kind()).isEqualTo(Kind.FLIP_SKIPPED);
    assertThat(out.error()).contains(Errno.ETIMEDOUT);
  }

  @Test
  void shouldLookAtTheFenceWhenItFlipsNotWhenItIsCommitted() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    rig.commitPaced(frame, 1);
    rig.capture.fail(writing, Errno.EIO);
    assertThat(rig.display.status()).startsWith("waits for vblank 1");
    assertThat(rig.file.nextEvent()).isEmpty();
    rig.clock.advance(PERIOD);
    KmsEvent event = rig.event();
    assertThat(event.kind()).isEqualTo(Kind.FLIP_SKIPPED);
    assertThat(event.sequence()).isEqualTo(1);
  }

  /** A move's fence that took a slot of the reservation made one forget how the write ended. */
  @Test
  void shouldSkipAFrameThatFailedWhateverMovedSince() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    rig.capture.fail(rig.writing(fd), Errno.EIO);
    move();
    assertThat(rig.flip(frame, 1).kind()).isEqualTo(Kind.FLIP_SKIPPED);
  }

  /** ... and that of an earlier frame was looked at instead. */
  @Test
  void shouldShowAFrameThatWasWrittenAfterOneThatFailed() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence moving = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL); // the first slot
    var leaving = rig.client.fenceContext("v4l2", "capture1");
    DmaFence failing = leaving.create();
    TestBuffers.reserve(rig.client, fd, failing, Usage.WRITE); // the second
    rig.capture.signal(moving);
    leaving.fail(failing, Errno.ECANCELED);
    rig.capture.signal(rig.writing(fd)); // the first again
    move(); // and again
    assertThat(rig.flip(frame, 1).kind()).isEqualTo(Kind.FLIP_COMPLETE);
  }

  private void move() {
    DmaFence moving = rig.capture.create();
    TestBuffers.reserve(rig.client, fd, moving, Usage.KERNEL);
    rig.capture.signal(moving);
  }

  @Test
  @Row({"F/3", "L/28"})
  void shouldLetNothingOvertakeACommitThatIsPending() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    DmaFence writing = rig.writing(fd);
    rig.commit(frame, 1);
    assertThat(errnoOf(() -> rig.commit(frame, 2))).isEqualTo(Errno.EBUSY);
    rig.capture.signal(writing);
    assertThat(rig.event().cookie()).isEqualTo(1);
    assertThat(rig.flip(frame, 3).cookie()).isEqualTo(3);
    assertThat(rig.recorded).containsExactly(1L, 3L);
  }

  @Test
  void shouldLetWhoIsToldOfAFlipCommitTheNextOne() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    AtomicBoolean again = new AtomicBoolean();
    Semaphore done = new Semaphore(0);
    rig.file.setListener(
        () -> {
          if (rig.file.nextEvent().isPresent() && again.compareAndSet(false, true)) {
            rig.commit(frame, 2);
          } else {
            done.release();
          }
        });
    rig.commit(frame, 1);
    assertThat(done.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    assertThat(rig.recorded).containsExactly(1L, 2L);
  }

  @Test
  void shouldFlipAtVblanksOfTheClock() throws InterruptedException {
    long start = rig.clock.nanos();
    Framebuffer frame = rig.framebuffer(fd);
    rig.commitPaced(frame, 1);
    assertThat(rig.display.status()).startsWith("waits for vblank 1");
    rig.clock.advance(PERIOD - 1);
    assertThat(rig.recorded).isEmpty();
    rig.clock.advance(1);
    KmsEvent first = rig.event();
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.timeNanos()).isEqualTo(start + PERIOD);

    // Vblanks go on while nobody flips, and a late fence costs whole ones.
    DmaFence writing = rig.writing(fd);
    rig.commitPaced(frame, 3);
    rig.clock.advance(3 * PERIOD + PERIOD / 2);
    rig.capture.signal(writing);
    rig.clock.advance(PERIOD / 2);
    KmsEvent late = rig.event();
    assertThat(late.sequence()).isEqualTo(5);
    assertThat(late.timeNanos()).isEqualTo(start + 5 * PERIOD);
  }

  @Test
  void shouldFlipAtOnceForWhoDoesNotWaitForVblanksIfItCan() throws InterruptedException {
    rig.clock.advance(PERIOD + 7);
    KmsEvent event = rig.flip(rig.framebuffer(fd), 1);
    assertThat(event.sequence()).isEqualTo(1);
    assertThat(event.timeNanos()).isEqualTo(rig.clock.nanos());
    try (KmsRig paced = new KmsRig()) {
      paced.light();
      assertThat(
              errnoOf(
                  () ->
                      paced.file.commit(
                          paced.showing(paced.framebuffer()),
                          AtomicFlag.NONBLOCK,
                          AtomicFlag.ASYNC)))
          .isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void shouldNotBeStoppedByARecorderOrListenerThatFails() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    rig.file.setRecorder(
        (cookie, layout, view) -> {
          throw new IllegalStateException("planted");
        });
    assertThat(rig.flip(frame, 1).kind()).isEqualTo(Kind.FLIP_COMPLETE);
    rig.file.setRecorder(null);
    rig.file.setListener(
        () -> {
          rig.woken.release();
          throw new IllegalStateException("planted");
        });
    assertThat(rig.flip(frame, 2).kind()).isEqualTo(Kind.FLIP_COMPLETE);
    assertThat(rig.flip(frame, 3).kind()).isEqualTo(Kind.FLIP_COMPLETE);
  }

  @Test
  void shouldBoundEventsThatNobodyTakes() {
    rig.file.setRecorder(null);
    Framebuffer frame = rig.framebuffer(fd);
    for (int i = 0; i < KmsFile.MAX_EVENTS; i++) {
      rig.commit(frame, i).await();
    }
    assertThat(errnoOf(() -> rig.commit(frame, 999))).isEqualTo(Errno.ENOMEM);
    assertThat(rig.file.nextEvent().orElseThrow().cookie()).isZero();
    rig.commit(frame, 999).await();
  }

  @Test
  void shouldReadWhatIsShownAtASwitchToo() throws InterruptedException {
    Framebuffer frame = rig.framebuffer(fd);
    rig.file.commit(
        rig.showing(frame, 4)
            .light(rig.crtc, rig.display.connectors().getFirst(), KmsRig.SMALL)
            .set(
                rig.plane,
                state ->
                    state
                        .withSource(Rect.source(0, 0, 16, 8))
                        .withDestination(new Rect(0, 0, 16, 8))),
        AtomicFlag.ALLOW_MODESET);
    assertThat(rig.event().scan().bytesRead()).isEqualTo(SAMPLES);
    assertThat(Optional.of(rig.recorded)).contains(List.of(4L));
  }
}
