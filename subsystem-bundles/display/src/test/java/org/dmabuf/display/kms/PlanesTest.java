package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.AtomicFlag.ALLOW_MODESET;
import static org.dmabuf.display.kms.KmsRig.BLACK;
import static org.dmabuf.display.kms.KmsRig.BLUE;
import static org.dmabuf.display.kms.KmsRig.RED;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.display.kms.FramebufferRequest.Part;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pixel.BlendMode;
import org.dmabuf.pixel.ColorEncoding;
import org.dmabuf.pixel.ColorRange;
import org.dmabuf.pixel.ColorSpace;
import org.dmabuf.pixel.Filter;
import org.dmabuf.pixel.Orientation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a screen of several planes shows. */
final class PlanesTest {
  private static final int GREEN = 0xff00ff00;

  private final KmsRig rig =
      new KmsRig(
          KmsRig.info(
              new KmsInfo.Screen(List.of(KmsRig.MODE), 2, true, true), 1, KmsInfo.Feature.SCALING));
  private final Plane low = rig.device.planes().get(1);
  private final Plane high = rig.device.planes().get(2);
  private final Plane cursor = rig.device.planes().get(3);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldBeOrderedByKindUnlessTheirHeightsSayOtherwise() {
    assertThat(rig.device.planes())
        .extracting(Plane::kind)
        .containsExactly(
            Plane.Kind.PRIMARY, Plane.Kind.OVERLAY, Plane.Kind.OVERLAY, Plane.Kind.CURSOR);
    commit(
        rig.lit(filled(RED))
            .show(low, rig.crtc, filled(BLUE))
            .show(high, rig.crtc, filled(GREEN))
            .set(low, state -> state.withDestination(new Rect(4, 4, 32, 16)))
            .set(high, state -> state.withDestination(new Rect(8, 8, 32, 16))));
    assertThat(rig.pixel(3, 3)).isEqualTo(RED);
    assertThat(rig.pixel(7, 7)).isEqualTo(BLUE);
    assertThat(rig.pixel(8, 8)).isEqualTo(GREEN);
    commit(
        new AtomicRequest().set(low, state -> state.withBlending(blending(state.blending(), 9))));
    assertThat(rig.pixel(8, 8)).as("raised above the other").isEqualTo(BLUE);
  }

  @Test
  void shouldShowThroughWhereAPlaneIsNotOpaque() {
    commit(
        rig.lit(filled(RED))
            .show(low, rig.crtc, filled(BLUE))
            .set(
                low,
                state -> state.withBlending(new PlaneState.Blending(0x8000, BlendMode.NONE, 1))));
    // Half of each, in 16 bits: 0xffff * 0x8000 / 0xffff of blue, the rest red.
    assertThat(rig.pixel(0, 0)).isEqualTo(0xff7f0080);
  }

  @Test
  void shouldShowWhatIsOnTheScreenOfAPlaneThatReachesBeyond() {
    commit(
        rig.lit(filled(RED))
            .show(cursor, rig.crtc, filled(GREEN))
            .set(cursor, state -> state.withDestination(new Rect(-30, -14, 32, 16))));
    assertThat(rig.pixel(1, 1)).isEqualTo(GREEN);
    assertThat(rig.pixel(2, 2)).isEqualTo(RED);
    commit(
        new AtomicRequest().set(cursor, state -> state.withDestination(new Rect(-32, 0, 32, 16))));
    assertThat(rig.pixel(0, 0)).as("moved out").isEqualTo(RED);
  }

  @Test
  void shouldScaleATwoPixelPlaneOverTheScreen() {
    TestMemory memory = rig.memory().fill(RED);
    memory.view().write(4, new byte[] {(byte) 0xff, 0, 0, (byte) 0xff}, 0, 4);
    commit(
        rig.lit(rig.framebuffer(memory))
            .set(
                rig.primary,
                state ->
                    state
                        .withSource(Rect.source(0, 0, 2, 1))
                        .withDestination(new Rect(0, 0, 32, 16))
                        .withColors(
                            new PlaneState.Colors(
                                ColorSpace.DEFAULT, Orientation.UPRIGHT, Filter.NEAREST))));
    assertThat(rig.pixel(15, 15)).isEqualTo(RED);
    assertThat(rig.pixel(16, 0)).isEqualTo(BLUE);
    commit(
        new AtomicRequest()
            .set(
                rig.primary,
                state ->
                    state.withColors(
                        new PlaneState.Colors(
                            ColorSpace.DEFAULT, Orientation.MIRRORED, Filter.NEAREST))));
    assertThat(rig.pixel(15, 15)).as("mirrored").isEqualTo(BLUE);
  }

  @Test
  void shouldConvertYuvOfSeveralBuffersByThePlanesColours() {
    TestMemory luma = new TestMemory(rig.client, 32 * 16).fill(0x51515151);
    TestMemory chroma = new TestMemory(rig.client, 32 * 8).fill(0xf05af05a);
    Framebuffer red =
        rig.file.addFramebuffer(
            new FramebufferRequest(
                32,
                16,
                PixelFormat.NV12.drmFourcc(),
                List.of(new Part(luma, 32, 0), new Part(chroma, 32, 0)),
                OptionalLong.empty()));
    commit(rig.lit(red));
    assertThat(rig.pixel(9, 9)).as("BT.601, limited").isEqualTo(0xfffe0000);
    commit(
        new AtomicRequest()
            .set(
                rig.primary,
                state ->
                    state.withColors(
                        new PlaneState.Colors(
                            new ColorSpace(ColorEncoding.BT709, ColorRange.FULL),
                            Orientation.UPRIGHT,
                            Filter.NEAREST))));
    // 81 + 1.5748 * 112, 81 - 0.1873 * -38 - 0.4681 * 112, 81 + 1.8556 * -38, rounded
    assertThat(rig.pixel(9, 9)).as("BT.709, full").isEqualTo(0xffff240a | 0xff000000);
  }

  @Test
  void shouldHaveTheSameChecksumForTheSamePicture() {
    commit(rig.lit(filled(BLUE)));
    OptionalLong blue = rig.file.checksum(rig.crtc);
    commit(new AtomicRequest().show(low, rig.crtc, filled(RED)));
    assertThat(rig.file.checksum(rig.crtc)).isPresent().isNotEqualTo(blue);
    commit(rig.showing(filled(RED)).show(low, rig.crtc, filled(BLUE)));
    assertThat(rig.file.checksum(rig.crtc)).as("of other planes").isEqualTo(blue);
    commit(new AtomicRequest().hide(low).hide(rig.primary));
    assertThat(rig.pixel(0, 0)).isEqualTo(BLACK);
    rig.file.switchOff(rig.crtc);
    assertThat(rig.file.checksum(rig.crtc)).isEmpty();
  }

  @Test
  void shouldForgetDamageWithTheNextCommit() {
    commit(
        rig.lit(filled(RED))
            .set(rig.primary, state -> state.withDamage(List.of(new Rect(1, 2, 3, 4)))));
    assertThat(rig.file.state().of(rig.primary).damage()).containsExactly(new Rect(1, 2, 3, 4));
    commit(rig.showing(filled(RED)));
    assertThat(rig.file.state().of(rig.primary).damage()).isEmpty();
  }

  @Test
  void shouldShowAPlaneOnItsOwnCrtcOnly() {
    assertThat(low.possibleCrtc()).isEqualTo(rig.crtc);
    assertThat(rig.file.state().of(low).crtc()).isEqualTo(Optional.empty());
    assertThat(low.formats()).contains(PixelFormat.NV12);
  }

  private static PlaneState.Blending blending(PlaneState.Blending now, int zpos) {
    return new PlaneState.Blending(now.alpha(), now.mode(), zpos);
  }

  private Framebuffer filled(int pixel) {
    return rig.framebuffer(rig.memory().fill(pixel));
  }

  /** Commits, and lets its vblank come when it needs one. */
  private void commit(AtomicRequest request) {
    rig.file.commit(request, ALLOW_MODESET, AtomicFlag.NONBLOCK);
    rig.vblank();
  }
}
