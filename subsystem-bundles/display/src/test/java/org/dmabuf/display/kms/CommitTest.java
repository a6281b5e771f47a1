package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.ALLOW_MODESET;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.AtomicFlag.TEST_ONLY;
import static org.dmabuf.display.kms.KmsRig.blocked;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a commit waits for, and when it is on the screen. */
@Timeout(120)
final class CommitTest {
  private final KmsRig rig = new KmsRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"F/3", "L/28"})
  void shouldTakeOneAtATimeThatDoesNotWait() {
    Framebuffer first = rig.light();
    Framebuffer second = rig.framebuffer();
    rig.file.commit(rig.showing(second).event(5), NONBLOCK);
    assertThat(errnoOf(() -> rig.flip(first))).isEqualTo(Errno.EBUSY);
    assertThat(rig.events()).isEmpty();
    rig.vblank();
    assertThat(rig.events()).containsExactly(5L);
    rig.flip(first);
  }

  @Test
  @Row("F/4")
  void shouldBeTheStateFromTheCommitOnAndOnTheScreenFromTheFlipOn() {
    rig.file.commit(rig.lit(rig.framebuffer(rig.memory().fill(KmsRig.RED))), ALLOW_MODESET);
    Framebuffer blue = rig.framebuffer(rig.memory().fill(KmsRig.BLUE));
    DmaFence drawn = rig.drawing.create();
    rig.file.commit(rig.showing(blue).inFence(rig.primary, drawn), NONBLOCK);
    assertThat(rig.shown()).isEqualTo(blue);
    assertThat(rig.pixel(3, 3)).isEqualTo(KmsRig.RED);
    rig.vblank();
    assertThat(rig.pixel(3, 3)).isEqualTo(KmsRig.RED);
    rig.drawing.signal(drawn);
    assertThat(rig.pixel(3, 3)).as("not before the vblank").isEqualTo(KmsRig.RED);
    rig.vblank();
    assertThat(rig.pixel(3, 3)).isEqualTo(KmsRig.BLUE);
  }

  @Test
  @Row("L/28")
  void shouldReturnFromABlockingCommitAtItsVblank() throws Exception {
    rig.light();
    Framebuffer next = rig.framebuffer();
    KmsRig.Blocked call = blocked(() -> rig.file.commit(rig.showing(next)));
    rig.vblank();
    assertThat(call.result()).isNull();
    assertThat(rig.shown()).isEqualTo(next);
  }

  @Test
  @Row({"F/3", "L/28"})
  void shouldLetABlockingCommitWaitForThePendingFlipAndThenItsOwn() throws Exception {
    Framebuffer first = rig.light();
    Framebuffer second = rig.framebuffer();
    rig.file.commit(rig.showing(second).event(1), NONBLOCK);
    KmsRig.Blocked call = blocked(() -> rig.file.commit(rig.showing(first).event(2)));
    rig.vblank();
    assertThat(rig.events()).containsExactly(1L);
    rig.clock.awaitScheduled(2); // its vblank, and the bound of its wait
    rig.vblank();
    assertThat(call.result()).isNull();
    assertThat(rig.events()).containsExactly(2L);
  }

  @Test
  @Row({"L/27", "L/28"})
  void shouldChangeNothingWhenABlockedCommitIsInterrupted() throws Exception {
    Framebuffer first = rig.light();
    TestMemory memory = rig.memory();
    Framebuffer second = rig.framebuffer(memory);
    DmaFence writing = rig.drawing.create();
    memory.add(writing, Usage.WRITE);
    AtomicReference<DmaFence> out = new AtomicReference<>();
    KmsRig.Blocked call =
        blocked(() -> rig.file.commit(rig.showing(second).outFence(rig.crtc, out::set)));
    call.thread().interrupt();
    assertThat(call.result()).isEqualTo(Errno.ERESTARTSYS);
    assertThat(rig.shown()).isEqualTo(first);
    assertThat(out).as("no fence was given").hasValue(null);
    rig.drawing.signal(writing);
    rig.flip(second); // nothing is pending
  }

  @Test
  @Row("L/28")
  void shouldGiveAFenceBackWhenACommitIsInterruptedBehindAnother() throws Exception {
    Framebuffer first = rig.light();
    DmaFence never = rig.drawing.create();
    rig.file.commit(rig.showing(first).inFence(rig.primary, never), NONBLOCK);
    Taken taken = new Taken();
    KmsRig.Blocked call =
        blocked(() -> rig.file.commit(rig.showing(first).outFence(rig.crtc, taken)));
    call.thread().interrupt();
    assertThat(call.result()).isEqualTo(Errno.ERESTARTSYS);
    assertThat(taken.withdrawn).isTrue();
    assertThat(taken.fence.error()).contains(Errno.ECANCELED);
    rig.drawing.signal(never);
    rig.vblank();
    rig.flip(first);
  }

  @Test
  @Row("L/28")
  void shouldSwitchOnWithoutAVblankOnceTheFencesHaveSignalled() {
    TestMemory memory = rig.memory();
    DmaFence writing = rig.drawing.create();
    memory.add(writing, Usage.WRITE);
    rig.file.commit(rig.lit(rig.framebuffer(memory)).event(9), NONBLOCK, ALLOW_MODESET);
    assertThat(rig.file.state().of(rig.crtc).active()).isTrue();
    assertThat(errnoOf(() -> rig.file.lastVblank(rig.crtc))).isEqualTo(Errno.EINVAL);
    rig.drawing.signal(writing);
    assertThat(rig.events()).containsExactly(9L);
    assertThat(rig.file.lastVblank(rig.crtc).timeNanos()).isEqualTo(rig.clock.nanos());
  }

  @Test
  @Row({"F/9", "L/27"})
  void shouldStayOnWithoutAFramebuffer() {
    rig.light();
    AtomicRequest nothing = new AtomicRequest().hide(rig.primary);
    rig.file.commit(nothing, NONBLOCK);
    rig.vblank();
    assertThat(rig.pixel(0, 0)).isEqualTo(KmsRig.BLACK);
    rig.file.commit(rig.showing(rig.framebuffer()), TEST_ONLY);
  }

  @Test
  void shouldRefuseMoreEventsThanCanWait() {
    Framebuffer framebuffer = rig.light();
    for (int i = 0; i < KmsFile.MAX_EVENTS; i++) {
      rig.file.commit(rig.showing(framebuffer).event(i), NONBLOCK);
      rig.vblank();
    }
    assertThat(errnoOf(() -> rig.file.commit(rig.showing(framebuffer).event(1), NONBLOCK)))
        .isEqualTo(Errno.ENOMEM);
    rig.flip(framebuffer); // without one
    assertThat(rig.events()).hasSize(KmsFile.MAX_EVENTS);
  }

  private static final class Taken implements OutFence {
    private volatile DmaFence fence;
    private volatile boolean withdrawn;

    @Override
    public void offered(DmaFence given) {
      fence = given;
    }

    @Override
    public void withdrawn() {
      withdrawn = true;
    }
  }
}
