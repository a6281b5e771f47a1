package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.display.kms.KmsRig.MODE;
import static org.dmabuf.display.kms.KmsRig.PERIOD;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.pixel.BlendMode;
import org.dmabuf.pixel.ColorEncoding;
import org.dmabuf.pixel.ColorRange;
import org.dmabuf.pixel.ColorSpace;
import org.dmabuf.pixel.Filter;
import org.dmabuf.pixel.Orientation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A display whose driver was replaced goes on where the old one was. */
@Timeout(120)
final class SuccessorTest {
  private static final PlaneState.Blending HALF =
      new PlaneState.Blending(0x7fff, BlendMode.COVERAGE, 9);
  private static final PlaneState.Colors TURNED =
      new PlaneState.Colors(
          new ColorSpace(ColorEncoding.BT709, ColorRange.FULL),
          Orientation.MIRRORED_HALF,
          Filter.NEAREST);

  private final KmsRig rig = new KmsRig();
  private KmsDevice successor;

  @AfterEach
  void close() {
    if (successor != null) {
      successor.close();
    }
    rig.close();
  }

  private KmsFile start(KmsInfo info) {
    successor = KmsDevice.start(rig.core.open("display's bundle 1.0.1"), info);
    return successor.open(rig.client.files());
  }

  private static KmsInfo sameInfo() {
    return KmsRig.info(new KmsInfo.Screen(List.of(MODE, KmsRig.SMALL), 2, true, true), 1);
  }

  private void light(KmsFile file) {
    Framebuffer framebuffer =
        file.addFramebuffer(
            FramebufferRequest.of(PixelFormat.XRGB8888, 32, 16, 32 * 4, rig.memory()));
    Crtc crtc = successor.crtcs().getFirst();
    file.commit(
        new AtomicRequest()
            .light(crtc, successor.connectors().getFirst(), MODE)
            .show(successor.planes().getFirst(), crtc, framebuffer),
        AtomicFlag.ALLOW_MODESET);
  }

  @Test
  void shouldGoOnWithVblanksPlanesPlugsAndCounters() {
    rig.light();
    rig.clock.advance(5 * PERIOD);
    Plane overlay = rig.device.planes().get(1);
    rig.file.commit(
        rig.showing(rig.framebuffer())
            .set(overlay, state -> state.withBlending(HALF).withColors(TURNED)),
        AtomicFlag.NONBLOCK);
    rig.vblank();
    long last = rig.file.lastVblank(rig.crtc).sequence();
    assertThat(last).isEqualTo(6);
    assertThat(rig.device.counters()).isEqualTo(new FlipCounters(2, 0));
    Connector writeback = rig.device.connectors().get(1);
    rig.device.plug(rig.connector, false);
    rig.device.close();

    KmsFile file = start(sameInfo());
    assertThat(successor.counters()).isEqualTo(new FlipCounters(2, 0));
    assertThat(successor.connectors().getFirst().isConnected()).isFalse();
    assertThat(successor.connectors().get(1).name()).isEqualTo(writeback.name());
    assertThat(successor.connectors().get(1).isConnected()).isTrue();
    PlaneState taken = file.state().of(successor.planes().get(1));
    assertThat(taken.blending()).isEqualTo(HALF);
    assertThat(taken.colors()).isEqualTo(TURNED);
    assertThat(taken.framebuffer()).isEmpty();
    assertThat(file.state().of(successor.planes().getFirst()).framebuffer()).isEmpty();
    assertThat(file.state().of(successor.crtcs().getFirst())).isEqualTo(CrtcState.OFF);
    light(file);
    assertThat(file.lastVblank(successor.crtcs().getFirst()).sequence())
        .as("no number comes twice")
        .isEqualTo(last + 1);
    assertThat(successor.counters()).isEqualTo(new FlipCounters(3, 0));
  }

  @Test
  void shouldLeaveOutWhatASuccessorDoesNotHave() {
    rig.file.commit(
        rig.lit(rig.framebuffer())
            .set(rig.device.planes().get(2), state -> state.withBlending(HALF))
            .set(rig.primary, state -> state.withColors(TURNED)),
        AtomicFlag.ALLOW_MODESET);
    rig.device.plug(rig.device.connectors().get(1), false);
    rig.device.close();
    KmsFile file = start(KmsRig.info(new KmsInfo.Screen(List.of(MODE), 0, false, false), 2));
    assertThat(successor.planes()).hasSize(2);
    assertThat(file.state().of(successor.planes().getFirst()).colors()).isEqualTo(TURNED);
    assertThat(file.state().of(successor.planes().getLast()).colors())
        .isEqualTo(PlaneState.Colors.DEFAULT);
    assertThat(successor.connectors()).allMatch(Connector::isConnected);
  }

  @Test
  void shouldBeginAnewWithAStateThatItDoesNotKnow() {
    rig.device.close();
    leave(2, Map.of("shown", 7));
    KmsFile file = start(sameInfo());
    assertThat(successor.counters()).isEqualTo(FlipCounters.NONE);
    light(file);
    assertThat(file.lastVblank(successor.crtcs().getFirst()).sequence()).isZero();
  }

  @Test
  void shouldTakeOfAStateWhatSuitsIt() {
    rig.device.close();
    leave(
        1,
        Map.of(
            "shown",
            "many",
            "skipped",
            3,
            "unplugged",
            List.of(1, "Virtual-9"),
            "vblanks",
            Map.of("crtc-0", -4),
            "planes",
            Map.of(
                "primary-0",
                Map.of("alpha", 0x10000, "blend", "NEWEST", "zpos", 256, "filter", "NEAREST"),
                "cursor-0",
                "nothing")));
    KmsFile file = start(sameInfo());
    assertThat(successor.counters()).isEqualTo(new FlipCounters(0, 3));
    assertThat(successor.connectors()).allMatch(Connector::isConnected);
    PlaneState primary = file.state().of(successor.planes().getFirst());
    assertThat(primary.blending())
        .isEqualTo(new PlaneState.Blending(PlaneState.OPAQUE, BlendMode.PREMULTIPLIED, 0));
    assertThat(primary.colors().filter()).isEqualTo(Filter.NEAREST);
    assertThat(primary.crtc()).isEqualTo(Optional.empty());
    light(file);
    assertThat(file.lastVblank(successor.crtcs().getFirst()).sequence()).isZero();
  }

  /** Leaves a state in the place of the one that the display has left. */
  private void leave(int version, Map<String, Object> values) {
    DmaBufRegistry other = rig.core.open("another version");
    other.leaveState(rig.device.toString(), new DeviceState("org.dmabuf.display", version, values));
  }
}
