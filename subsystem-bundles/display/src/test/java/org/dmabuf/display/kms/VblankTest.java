package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.PERIOD;
import static org.dmabuf.display.kms.KmsRig.blocked;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import org.dmabuf.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Vblanks: their numbers and times, and who waits for them. */
@Timeout(120)
final class VblankTest {
  private final KmsRig rig = new KmsRig();
  private final long start = rig.clock.nanos();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldHaveNoneWhileTheCrtcIsOff() {
    assertThat(errnoOf(() -> rig.file.lastVblank(rig.crtc))).isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> rig.file.awaitVblank(rig.crtc, 1))).isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> rig.file.requestVblank(rig.crtc, 1, 1))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void shouldCountThemByTheModesRate() {
    rig.light();
    assertThat(rig.file.lastVblank(rig.crtc)).isEqualTo(new VblankTime(0, start));
    rig.clock.advance(2 * PERIOD + PERIOD / 2);
    assertThat(rig.file.lastVblank(rig.crtc)).isEqualTo(new VblankTime(2, start + 2 * PERIOD));
  }

  @Test
  void shouldWakeWhoWaitsAfterTheFlipOfThatVblank() throws Exception {
    rig.light();
    rig.file.commit(rig.showing(rig.framebuffer()).event(3), AtomicFlag.NONBLOCK);
    KmsRig.Blocked call =
        blocked(
            () -> {
              assertThat(rig.file.awaitVblank(rig.crtc, 1).sequence()).isEqualTo(1);
              assertThat(rig.events()).containsExactly(3L);
            });
    rig.vblank();
    assertThat(call.result()).isNull();
  }

  @Test
  void shouldTellOfOneByAnEvent() {
    rig.light();
    rig.file.requestVblank(rig.crtc, 2, 77);
    rig.vblank();
    assertThat(rig.file.hasEvent()).isFalse();
    rig.vblank();
    assertThat(rig.file.nextEvent())
        .contains(new KmsEvent(KmsEvent.Kind.VBLANK, rig.crtc, 77, 2, start + 2 * PERIOD));
    rig.file.requestVblank(rig.crtc, 1, 78); // has come
    assertThat(rig.events()).containsExactly(78L);
  }

  @Test
  void shouldTellAFlipsSequenceAndTime() {
    rig.light();
    rig.vblank();
    rig.file.commit(rig.showing(rig.framebuffer()).event(3), AtomicFlag.NONBLOCK);
    rig.vblank();
    assertThat(rig.file.nextEvent())
        .contains(new KmsEvent(KmsEvent.Kind.FLIP_COMPLETE, rig.crtc, 3, 2, start + 2 * PERIOD));
  }

  @Test
  void shouldWakeWhoWaitsWhenTheCrtcIsSwitchedOffAndNeverCountBack() throws Exception {
    rig.light();
    rig.clock.advance(3 * PERIOD);
    KmsRig.Blocked call = blocked(() -> rig.file.awaitVblank(rig.crtc, 100));
    rig.file.switchOff(rig.crtc);
    assertThat(call.result()).isNull();
    rig.light();
    assertThat(rig.file.lastVblank(rig.crtc).sequence()).isGreaterThan(3);
  }
}
