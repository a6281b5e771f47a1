package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.MODE;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.Errno;
import org.dmabuf.display.Row;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Page flips and set CRTCs, which know no planes. */
final class LegacyCallsTest {
  private final KmsRig rig = new KmsRig();
  private final List<Connector> connectors = List.of(rig.connector);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"F/3", "L/25"})
  void shouldNameWhatIsWrongWithAFlipInLinuxsOrder() {
    Framebuffer good = rig.framebuffer();
    assertThat(errno(9999)).as("nothing is shown").isEqualTo(Errno.EBUSY);
    rig.light();
    rig.flip(rig.shown());
    assertThat(errno(9999)).as("no such framebuffer").isEqualTo(Errno.ENOENT);
    assertThat(errno(other(PixelFormat.RGB565, 16, 8).id())).isEqualTo(Errno.ENOSPC);
    assertThat(errno(other(PixelFormat.ARGB8888, 32, 16).id())).isEqualTo(Errno.EINVAL);
    assertThat(errno(good.id())).as("one is pending").isEqualTo(Errno.EBUSY);
    rig.vblank();
    rig.file.pageFlip(rig.crtc, good.id(), OptionalLong.of(6));
    rig.vblank();
    assertThat(rig.events()).containsExactly(6L);
  }

  @Test
  @Row("L/25")
  void shouldInsistOnTheFormatOnlyInAFlip() {
    rig.light();
    Framebuffer other = other(PixelFormat.ARGB8888, 32, 16);
    assertThat(errno(other.id())).isEqualTo(Errno.EINVAL);
    rig.flip(other);
    rig.vblank();
    assertThat(rig.shown()).isEqualTo(other);
  }

  @Test
  @Row("L/26")
  void shouldSetACrtcAndSwitchItOff() {
    assertThat(errnoOf(() -> set(LegacyCalls.CURRENT))).isEqualTo(Errno.EINVAL);
    assertThat(errnoOf(() -> set(9999))).isEqualTo(Errno.ENOENT);
    assertThat(errnoOf(() -> set(other(PixelFormat.XRGB8888, 16, 8).id()))).isEqualTo(Errno.ENOSPC);
    Framebuffer framebuffer = rig.framebuffer();
    set(framebuffer.id());
    assertThat(rig.file.state().of(rig.crtc).mode()).contains(MODE);
    assertThat(rig.shown()).isEqualTo(framebuffer);
    rig.file.switchOff(rig.crtc);
    assertThat(rig.file.state().of(rig.crtc)).isEqualTo(CrtcState.OFF);
    assertThat(rig.file.snapshot(rig.crtc)).isEmpty();
    rig.file.switchOff(rig.crtc); // again
  }

  @Test
  @Row("L/26")
  void shouldAskForTheMasterBeforeTheFramebuffer() {
    try (KmsFile other = rig.device.open(rig.client.files())) {
      assertThat(errnoOf(() -> other.setCrtc(rig.crtc, 9999, MODE, connectors)))
          .isEqualTo(Errno.EACCES);
      assertThat(errnoOf(() -> other.pageFlip(rig.crtc, 9999, OptionalLong.empty())))
          .isEqualTo(Errno.EACCES);
    }
  }

  @Test
  @Row("F/9")
  void shouldLeaveTheCrtcOnWhenWhatItShowsIsRemoved() throws Exception {
    Framebuffer shown = rig.light();
    KmsRig.Blocked call = KmsRig.blocked(() -> rig.file.removeFramebuffer(shown.id()));
    rig.vblank();
    assertThat(call.result()).isNull();
    assertThat(rig.shown()).isNull();
    assertThat(rig.file.state().of(rig.crtc).active()).isTrue();
    Framebuffer next = rig.framebuffer();
    assertThat(errno(next.id())).isEqualTo(Errno.EBUSY);
    AtomicRequest only =
        new AtomicRequest().set(rig.primary, state -> state.withFramebuffer(Optional.of(next)));
    assertThat(errnoOf(() -> rig.file.commit(only))).isEqualTo(Errno.EINVAL);
  }

  @Test
  @Row("F/9")
  void shouldGoOnShowingWhatIsOnlyClosed() {
    TestMemory memory = rig.memory().fill(KmsRig.RED);
    Framebuffer shown = rig.framebuffer(memory);
    set(shown.id());
    rig.file.closeFramebuffer(shown.id());
    assertThat(rig.file.framebuffer(shown.id())).isEmpty();
    assertThat(rig.pixel(31, 15)).isEqualTo(KmsRig.RED);
    assertThat(memory.users()).isEqualTo(1);
  }

  @Test
  @Row("F/9")
  void shouldRemoveAtOnceWhatAPendingFlipReplaces() {
    TestMemory memory = rig.memory();
    Framebuffer replaced = rig.framebuffer(memory);
    set(replaced.id());
    rig.flip(rig.framebuffer());
    rig.file.removeFramebuffer(replaced.id());
    assertThat(memory.users()).as("still on the screen").isEqualTo(1);
    rig.vblank();
    rig.file.close(); // which waits for what is given back
    assertThat(memory.users()).isZero();
  }

  private void set(int fb) {
    rig.file.setCrtc(rig.crtc, fb, MODE, connectors);
  }

  private Errno errno(int fb) {
    return errnoOf(() -> rig.file.pageFlip(rig.crtc, fb, OptionalLong.empty()));
  }

  private Framebuffer other(PixelFormat format, int width, int height) {
    return rig.file.addFramebuffer(
        FramebufferRequest.of(format, width, height, width * 4, rig.memory()));
  }
}
