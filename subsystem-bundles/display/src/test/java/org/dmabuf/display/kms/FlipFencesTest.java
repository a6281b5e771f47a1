package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The fences that a flip waits for, and those that it gives. */
final class FlipFencesTest {
  private final KmsRig rig = new KmsRig();
  private final TestMemory memory = rig.memory();
  private final Framebuffer next = rig.framebuffer(memory);
  private final DmaFence fence = rig.drawing.create();

  FlipFencesTest() {
    rig.light();
  }

  @AfterEach
  void close() {
    rig.drawing.signal(fence);
    rig.close();
  }

  @Test
  @Row("F/7")
  void shouldWaitForWritersOfTheBuffer() {
    memory.add(fence, Usage.WRITE);
    rig.file.commit(rig.showing(next).event(1), NONBLOCK);
    rig.vblank();
    assertThat(rig.events()).isEmpty();
    rig.drawing.signal(fence);
    rig.vblank();
    assertThat(rig.events()).containsExactly(1L);
  }

  @Test
  @Row("F/7")
  void shouldNotWaitForReadersAndAddNoFenceItself() {
    memory.add(fence, Usage.READ);
    rig.file.commit(rig.showing(next).event(1), NONBLOCK);
    assertThat(memory.resv().entries()).hasSize(1);
    rig.vblank();
    assertThat(rig.events()).containsExactly(1L);
  }

  @Test
  @Row({"F/5", "F/7"})
  void shouldWaitForAnExplicitFenceInsteadOfTheWriters() {
    memory.add(fence, Usage.WRITE);
    DmaFence done = rig.drawing.create();
    rig.drawing.signal(done);
    rig.file.commit(rig.showing(next).inFence(rig.primary, done).event(1), NONBLOCK);
    rig.vblank();
    assertThat(rig.events()).containsExactly(1L);
  }

  @Test
  @Row("F/7")
  void shouldWaitAgainWhenTheSameFramebufferIsShownAgain() {
    rig.flip(next);
    rig.vblank();
    memory.add(fence, Usage.WRITE);
    rig.file.commit(rig.showing(next).event(2), NONBLOCK);
    rig.vblank();
    assertThat(rig.events()).isEmpty();
  }

  @Test
  @Row("F/5")
  void shouldFlipThoughTheFenceHasFailed() {
    rig.file.commit(rig.showing(next).inFence(rig.primary, fence).event(3), NONBLOCK);
    rig.drawing.fail(fence, Errno.EIO);
    rig.vblank();
    assertThat(rig.events()).containsExactly(3L);
  }

  @Test
  @Row("F/5")
  void shouldTakeOneFenceForAPlane() {
    AtomicRequest request = rig.showing(next).inFence(rig.primary, fence);
    assertThat(errnoOf(() -> request.inFence(rig.primary, fence))).isEqualTo(Errno.EINVAL);
  }

  @Test
  @Row("F/6")
  void shouldSignalAtTheVblankTogetherWithTheEvent() {
    AtomicReference<DmaFence> out = new AtomicReference<>();
    rig.file.commit(rig.showing(next).event(4).outFence(rig.crtc, out::set), NONBLOCK);
    assertThat(out.get().isSignaled()).isFalse();
    rig.vblank();
    assertThat(out.get().status()).isEqualTo(1);
    assertThat(rig.events()).containsExactly(4L);
  }

  @Test
  @Row("F/6")
  void shouldChangeNothingWhenTheFenceCannotBeTaken() {
    Framebuffer before = rig.shown();
    OutFence full =
        given -> {
          throw new DmaBufException(Errno.EMFILE, "no descriptor is free");
        };
    assertThat(errnoOf(() -> rig.file.commit(rig.showing(next).outFence(rig.crtc, full), NONBLOCK)))
        .isEqualTo(Errno.EMFILE);
    assertThat(rig.shown()).isEqualTo(before);
    rig.flip(next);
  }

  /** A display that never signals holds nobody up for ever. */
  @Test
  void shouldGoOnWhenACompletionIsLost() throws Exception {
    FaultRule lost = FaultRule.each(FaultRule.ANY, FaultPoint.SIGNAL, FaultKind.HANG);
    rig.file.commit(rig.showing(next).inFence(rig.primary, fence).event(1), NONBLOCK);
    KmsRig.Blocked second = KmsRig.blocked(() -> rig.file.commit(rig.showing(next)));
    rig.drawing.signal(fence);
    try (Injection _ = rig.core.inject(lost)) {
      while (!second.task().isDone()) {
        rig.vblank();
      }
    }
    assertThat(second.result()).isNull();
    assertThat(rig.events()).containsExactly(1L);
  }

  @Test
  void shouldTellOfAVblankWhoseCompletionIsLost() throws Exception {
    FaultRule lost = FaultRule.each(FaultRule.ANY, FaultPoint.SIGNAL, FaultKind.HANG);
    long last = rig.file.lastVblank(rig.crtc).sequence();
    KmsRig.Blocked wait = KmsRig.blocked(() -> rig.file.awaitVblank(rig.crtc, last + 2));
    try (Injection _ = rig.core.inject(lost)) {
      while (!wait.task().isDone()) {
        rig.vblank();
      }
    }
    assertThat(wait.result()).isNull();
  }

  /** What a display that leaves has taken off its list is not a number that never was. */
  @Test
  void shouldSayThatTheDisplayLeavesWhenAFramebufferIsClosedThen() {
    AtomicReference<Errno> refused = new AtomicReference<>();
    AtomicReference<DmaFence> out = new AtomicReference<>();
    rig.file.commit(
        rig.showing(next).inFence(rig.primary, fence).outFence(rig.crtc, out::set), NONBLOCK);
    FenceCallback canceled =
        rig.client.callback(
            done -> refused.set(errnoOf(() -> rig.file.closeFramebuffer(next.id()))));
    assertThat(out.get().addCallback(canceled)).isTrue();
    rig.device.close();
    assertThat(refused).hasValue(Errno.ENODEV);
  }

  /** A limit that is reached is not taken for a display that leaves. */
  @Test
  void shouldSayWhyThereIsNoFence() {
    Framebuffer before = rig.shown();
    FaultRule rule = FaultRule.each(FaultRule.ANY, FaultPoint.FENCE, FaultKind.FAIL);
    try (Injection _ = rig.core.inject(rule.withErrno(Errno.EDQUOT))) {
      assertThat(errnoOf(() -> rig.file.commit(rig.showing(next)))).isEqualTo(Errno.EDQUOT);
    }
    assertThat(rig.shown()).isEqualTo(before);
    rig.flip(next);
  }

  @Test
  void shouldGiveTheFormerBufferBackWithoutHoldingUpTheFence() {
    TestMemory former = rig.memory();
    Framebuffer old = rig.framebuffer(former);
    rig.flip(old);
    rig.vblank();
    rig.file.closeFramebuffer(old.id());
    AtomicReference<DmaFence> out = new AtomicReference<>();
    rig.file.commit(rig.showing(next).outFence(rig.crtc, out::set), NONBLOCK);
    former.resv().lock();
    try {
      rig.vblank();
      assertThat(out.get().isSignaled()).isTrue();
      assertThat(former.users()).isEqualTo(1);
    } finally {
      former.resv().unlock();
    }
    rig.file.close(); // which waits for what is given back
    assertThat(former.users()).isZero();
  }
}
