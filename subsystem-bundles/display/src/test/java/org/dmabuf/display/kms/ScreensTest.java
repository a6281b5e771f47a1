package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.ALLOW_MODESET;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.KmsRig.MODE;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several screens of one display, and screens that are plugged in and out. */
final class ScreensTest {
  private static final Mode SLOW = new Mode(32, 16, 25_000);

  private final KmsRig rig =
      new KmsRig(KmsRig.info(new KmsInfo.Screen(List.of(MODE, SLOW), 0, false, false), 2));
  private final Crtc other = rig.device.crtcs().get(1);
  private final Connector second = rig.device.connectors().get(1);
  private final Plane plane = rig.device.planes().get(1);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldShowOneBufferOnTwoScreensEachAtItsOwnRate() {
    TestMemory memory = rig.memory().fill(KmsRig.RED);
    Framebuffer shared = rig.framebuffer(memory);
    rig.file.commit(
        rig.lit(shared).light(other, second, SLOW).show(plane, other, shared), ALLOW_MODESET);
    AtomicInteger flips = new AtomicInteger();
    rig.file.setListener(flips::incrementAndGet);
    AtomicRequest both =
        new AtomicRequest().show(rig.primary, rig.crtc, shared).show(plane, other, shared).event(1);
    rig.file.commit(both, NONBLOCK);
    rig.vblank();
    assertThat(rig.file.nextEvent().orElseThrow().crtc()).isEqualTo(rig.crtc);
    assertThat(rig.file.hasEvent()).as("the slow one has no vblank yet").isFalse();
    rig.flip(shared); // the fast one is free again
    assertThat(
            errnoOf(
                () -> rig.file.commit(new AtomicRequest().show(plane, other, shared), NONBLOCK)))
        .isEqualTo(Errno.EBUSY);
    rig.clock.advance(3 * KmsRig.PERIOD);
    assertThat(rig.file.nextEvent().orElseThrow().crtc()).isEqualTo(other);
    assertThat(flips).hasValue(2);
    assertThat(rig.file.checksum(rig.crtc)).isEqualTo(rig.file.checksum(other));
    rig.file.close(); // which waits for what is given back
    assertThat(memory.users()).isZero();
  }

  @Test
  void shouldTellFilesWhenAScreenIsPluggedOutAndIn() {
    AtomicInteger told = new AtomicInteger();
    rig.light();
    rig.file.setListener(told::incrementAndGet);
    rig.device.plug(rig.connector, false);
    assertThat(rig.connector.isConnected()).isFalse();
    assertThat(rig.connector.modes()).isEmpty();
    assertThat(told).hasValue(1);
    assertThat(rig.file.state().of(rig.crtc).active()).as("goes on").isTrue();
    rig.flip(rig.framebuffer());
    rig.vblank();
    rig.device.plug(rig.connector, true);
    assertThat(rig.connector.modes()).containsExactly(MODE, SLOW);
    assertThat(told).hasValue(2);
  }

  @Test
  void shouldKeepPartsOfOneScreenFromTheOther() {
    Framebuffer framebuffer = rig.framebuffer();
    AtomicRequest wrong =
        new AtomicRequest().light(rig.crtc, rig.connector, MODE).show(plane, rig.crtc, framebuffer);
    assertThat(errnoOf(() -> rig.file.commit(wrong, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    AtomicRequest crossed = new AtomicRequest().light(rig.crtc, second, MODE);
    assertThat(errnoOf(() -> rig.file.commit(crossed, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
  }
}
