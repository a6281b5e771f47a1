package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.ALLOW_MODESET;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.KmsRig.MODE;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A picture that is written into a buffer. */
@Timeout(120)
final class WritebackTest {
  private final KmsRig rig = new KmsRig();
  private final Connector writeback = rig.device.connectors().get(1);
  private final TestMemory target = rig.memory();
  private final AtomicReference<DmaFence> written = new AtomicReference<>();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row("F/10")
  void shouldWriteTheComposedPictureAndSignal() {
    Framebuffer red = rig.framebuffer(rig.memory().fill(KmsRig.RED));
    rig.file.commit(alone(red).writeInto(writeback, rig.framebuffer(target)), ALLOW_MODESET);
    written.get().await();
    byte[] pixels = new byte[8];
    target.view().read(32 * 15 * 4, pixels, 0, pixels.length);
    assertThat(pixels).containsExactly(0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff);
  }

  @Test
  @Row("F/10")
  void shouldFeedOneConnectorAtATime() {
    rig.light();
    AtomicRequest both = new AtomicRequest().feed(writeback, java.util.Optional.of(rig.crtc));
    assertThat(errnoOf(() -> rig.file.commit(both, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void shouldFeedBothWhereThatCanBeDone() {
    try (KmsRig cloning =
        new KmsRig(
            KmsRig.info(
                new KmsInfo.Screen(List.of(MODE), 0, false, true), 1, KmsInfo.Feature.CLONING))) {
      Connector to = cloning.device.connectors().get(1);
      TestMemory copy = cloning.memory();
      cloning.file.commit(
          cloning
              .lit(cloning.framebuffer(cloning.memory().fill(KmsRig.BLUE)))
              .feed(to, java.util.Optional.of(cloning.crtc))
              .writeInto(to, cloning.framebuffer(copy))
              .writtenFence(to, written::set),
          ALLOW_MODESET);
      written.get().await();
      assertThat(cloning.pixel(0, 0)).isEqualTo(KmsRig.BLUE);
      byte[] pixel = new byte[4];
      copy.view().read(0, pixel, 0, 4);
      assertThat(pixel).containsExactly(0xff, 0, 0, 0xff);
    }
  }

  @Test
  @Row("F/10")
  void shouldRefuseAnotherSize() {
    Framebuffer small =
        rig.file.addFramebuffer(FramebufferRequest.of(PixelFormat.XRGB8888, 16, 8, 64, target));
    AtomicRequest request = alone(rig.framebuffer()).writeInto(writeback, small);
    assertThat(errnoOf(() -> rig.file.commit(request, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    assertThat(written).as("no fence was given").hasValue(null);
  }

  @Test
  @Row("F/10")
  void shouldWriteNothingWithoutATarget() {
    rig.file.commit(alone(rig.framebuffer()), ALLOW_MODESET);
    assertThat(written).as("no fence was given").hasValue(null);
  }

  @Test
  @Row("F/10")
  void shouldTakeOneJobAtATimeAndNotWaitForUsersOfTheTarget() {
    Framebuffer shown = rig.framebuffer();
    rig.file.commit(alone(shown), ALLOW_MODESET);
    DmaFence reading = rig.drawing.create();
    target.add(reading, Usage.WRITE);
    Framebuffer into = rig.framebuffer(target);
    rig.file.commit(
        rig.showing(shown).writeInto(writeback, into).writtenFence(writeback, written::set),
        NONBLOCK);
    AtomicRequest second = rig.showing(shown).writeInto(writeback, into);
    assertThat(errnoOf(() -> rig.file.commit(second, NONBLOCK))).isEqualTo(Errno.EBUSY);
    rig.file.closeFramebuffer(into.id());
    assertThat(target.users()).as("held till the job is done").isEqualTo(1);
    rig.vblank();
    written.get().await();
    assertThat(written.get().status()).isEqualTo(1);
    rig.drawing.signal(reading);
    rig.file.close(); // which waits for what is given back
    assertThat(target.users()).isZero();
  }

  /** Returns a commit of a CRTC that feeds the writeback connector only. */
  private AtomicRequest alone(Framebuffer framebuffer) {
    return new AtomicRequest()
        .light(rig.crtc, writeback, MODE)
        .show(rig.primary, rig.crtc, framebuffer)
        .writtenFence(writeback, written::set);
  }
}
