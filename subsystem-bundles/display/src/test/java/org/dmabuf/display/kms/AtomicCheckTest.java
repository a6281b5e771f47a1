package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.ALLOW_MODESET;
import static org.dmabuf.display.kms.AtomicFlag.NONBLOCK;
import static org.dmabuf.display.kms.AtomicFlag.TEST_ONLY;
import static org.dmabuf.display.kms.KmsRig.MODE;
import static org.dmabuf.display.kms.KmsRig.SMALL;
import static org.dmabuf.display.kms.KmsRig.errnoOf;

import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a commit may ask for. */
final class AtomicCheckTest {
  private final KmsRig rig = new KmsRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"F/2", "L/27"})
  void shouldSwitchOnlyWhereThatIsAllowed() {
    Framebuffer framebuffer = rig.framebuffer();
    assertThat(errnoOf(() -> rig.file.commit(rig.lit(framebuffer), TEST_ONLY)))
        .isEqualTo(Errno.EINVAL);
    rig.file.commit(rig.lit(framebuffer), TEST_ONLY, ALLOW_MODESET);
    assertThat(rig.shown()).as("nothing was changed").isNull();
    rig.file.commit(rig.lit(framebuffer), ALLOW_MODESET);
    assertThat(rig.file.state().of(rig.crtc).mode()).contains(MODE);

    AtomicRequest off = new AtomicRequest().set(rig.crtc, state -> state.withActive(false));
    assertThat(errnoOf(() -> rig.file.commit(off, TEST_ONLY))).isEqualTo(Errno.EINVAL);
    AtomicRequest other =
        new AtomicRequest().set(rig.crtc, state -> state.withMode(Optional.of(SMALL), 0));
    assertThat(errnoOf(() -> rig.file.commit(other, TEST_ONLY))).isEqualTo(Errno.EINVAL);
    rig.file.commit(rig.lit(framebuffer), TEST_ONLY); // the same again is no switch
  }

  @Test
  @Row({"F/2", "L/27"})
  void shouldRefuseASourceBeyondItsFramebuffer() {
    Framebuffer framebuffer = rig.light();
    AtomicRequest request =
        rig.showing(framebuffer)
            .set(rig.primary, state -> state.withSource(Rect.source(1, 0, 32, 16)));
    assertThat(errnoOf(() -> rig.file.commit(request, TEST_ONLY))).isEqualTo(Errno.ENOSPC);
  }

  @Test
  @Row("F/2")
  void shouldRefuseScalingAndAnEmptySourceOnADisplayThatCannotScale() {
    Framebuffer framebuffer = rig.light();
    AtomicRequest scaled =
        rig.showing(framebuffer)
            .set(rig.primary, state -> state.withDestination(new Rect(0, 0, 16, 8)));
    assertThat(errnoOf(() -> rig.file.commit(scaled, TEST_ONLY))).isEqualTo(Errno.ERANGE);
    AtomicRequest empty =
        rig.showing(framebuffer)
            .set(
                rig.primary,
                state ->
                    state
                        .withSource(Rect.source(0, 0, 0, 16))
                        .withDestination(new Rect(0, 0, 0, 16)));
    assertThat(errnoOf(() -> rig.file.commit(empty, TEST_ONLY))).isEqualTo(Errno.ERANGE);
  }

  @Test
  @Row("F/2")
  void shouldRefuseADestinationBeyondAllNumbers() {
    Framebuffer framebuffer = rig.light();
    AtomicRequest request =
        rig.showing(framebuffer)
            .set(
                rig.primary,
                state -> state.withDestination(new Rect(Integer.MAX_VALUE - 4, 0, 32, 16)));
    assertThat(errnoOf(() -> rig.file.commit(request, TEST_ONLY))).isEqualTo(Errno.EINVAL);
  }

  @Test
  @Row("F/2")
  void shouldRefuseAFramebufferWithoutACrtcAndTheOtherWayRound() {
    Framebuffer framebuffer = rig.light();
    AtomicRequest without =
        new AtomicRequest()
            .set(
                rig.primary,
                state ->
                    state.withCrtc(Optional.empty()).withFramebuffer(Optional.of(framebuffer)));
    assertThat(errnoOf(() -> rig.file.commit(without, TEST_ONLY))).isEqualTo(Errno.EINVAL);
    AtomicRequest only =
        new AtomicRequest().set(rig.primary, state -> state.withFramebuffer(Optional.empty()));
    assertThat(errnoOf(() -> rig.file.commit(only, TEST_ONLY))).isEqualTo(Errno.EINVAL);
  }

  @Test
  @Row("F/2")
  void shouldRefuseAnEventOfACrtcThatDoesNotRun() {
    AtomicRequest dark = new AtomicRequest().set(rig.crtc, state -> state).event(7);
    assertThat(errnoOf(() -> rig.file.commit(dark, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    AtomicRequest none = new AtomicRequest().event(7);
    assertThat(errnoOf(() -> rig.file.commit(none, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    assertThat(rig.events()).isEmpty();
  }

  @Test
  @Row("F/2")
  void shouldRefuseAModeWithoutAConnectorAndBeyondTheLimits() {
    AtomicRequest lonely =
        new AtomicRequest()
            .set(rig.crtc, state -> state.withMode(Optional.of(MODE), 0).withActive(true));
    assertThat(errnoOf(() -> rig.file.commit(lonely, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    for (Mode wrong : new Mode[] {new Mode(2, 16, 1000), new Mode(32, 16, 0)}) {
      AtomicRequest request = new AtomicRequest().light(rig.crtc, rig.connector, wrong);
      assertThat(errnoOf(() -> rig.file.commit(request, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
    }
    AtomicRequest running = new AtomicRequest().set(rig.crtc, state -> state.withActive(true));
    assertThat(errnoOf(() -> rig.file.commit(running, ALLOW_MODESET))).isEqualTo(Errno.EINVAL);
  }

  @Test
  @Row({"F/2", "L/27"})
  void shouldObeyTheMasterOnly() {
    Framebuffer framebuffer = rig.framebuffer();
    try (KmsFile other = rig.device.open(rig.client.files())) {
      assertThat(errnoOf(() -> other.commit(rig.lit(framebuffer), TEST_ONLY, ALLOW_MODESET)))
          .isEqualTo(Errno.EACCES);
      rig.file.close();
      assertThat(errnoOf(() -> other.switchOff(rig.crtc))).as("nobody").isEqualTo(Errno.EACCES);
      try (KmsFile next = rig.device.open(rig.client.files())) {
        next.switchOff(rig.crtc);
      }
    }
  }

  @Test
  @Row({"F/3", "L/27"})
  void shouldTestWhileACommitIsPending() {
    Framebuffer framebuffer = rig.light();
    rig.flip(framebuffer);
    rig.file.commit(rig.showing(framebuffer), TEST_ONLY);
    rig.file.commit(rig.showing(framebuffer), TEST_ONLY, NONBLOCK);
    assertThat(errnoOf(() -> rig.flip(framebuffer))).isEqualTo(Errno.EBUSY);
  }
}
