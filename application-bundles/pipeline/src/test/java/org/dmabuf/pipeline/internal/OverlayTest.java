package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.display.kms.PlaneState;
import org.dmabuf.display.kms.Rect;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Rate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames on an overlay plane above a backdrop: what the display composes of them. */
@Timeout(120)
final class OverlayTest {
  private static final int BACKDROP = 0x204060;

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry pipeline = core.open("pipeline");
  private final Semaphore woken = new Semaphore(0);
  private final ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  void shouldShowFramesScaledAndBlendedAboveTheBackdrop() throws InterruptedException {
    try (KmsDevice device = device(1)) {
      Placement placement =
          new Placement(
              160,
              120,
              new Rect(16, 12, 128, 96),
              PlaneState.OPAQUE / 2,
              1,
              new Backdrop(BACKDROP, BACKDROP));
      DisplayStage stage = stage(device, placement);
      Buffers buffers = TestExporter.buffers(core, pipeline, device);
      stage.prepare(buffers);
      stage.showBackdrop(pipeline, Set.of("test"));
      stage.showBackdrop(pipeline, Set.of("test")); // once is enough
      assertThat(stage.snapshot().orElseThrow().at(80, 60)).isEqualTo(0xff000000 | BACKDROP);

      // Nothing was written: a sample of 0 is black.
      assertThat(stage.commit(new Ticket(7, buffers.slots().getFirst()), buffers.layout()))
          .isTrue();
      assertThat(report(stage).isSeen()).isTrue();
      assertThat(seen).as("the backdrop is no frame").containsExactly(7L);
      Picture picture = stage.snapshot().orElseThrow();
      assertThat(picture.width()).isEqualTo(160);
      assertThat(picture.at(15, 60)).isEqualTo(0xff000000 | BACKDROP);
      assertThat(picture.at(144, 60)).isEqualTo(0xff000000 | BACKDROP);
      for (int shift = 0; shift <= 16; shift += 8) {
        int half = picture.at(80, 60) >> shift & 0xff;
        assertThat(half).isCloseTo((BACKDROP >> shift & 0xff) / 2, within());
      }
      stage.dropFramebuffers();
      stage.close();
      buffers.close();
    }
    assertThat(pipeline.holdings().attachments()).isZero();
    assertThat(pipeline.holdings().buffers()).isZero();
  }

  @Test
  void shouldSayWhatADisplayWithoutOverlaysLacks() {
    try (KmsDevice device = device(0)) {
      Placement placement =
          new Placement(64, 48, new Rect(0, 0, 64, 48), PlaneState.OPAQUE, 1, new Backdrop(0, 0));
      assertThatThrownBy(() -> stage(device, placement)).hasMessageContaining("OVERLAY");
    }
  }

  private static org.assertj.core.data.Offset<Integer> within() {
    return org.assertj.core.data.Offset.offset(1);
  }

  private FlipReport report(DisplayStage stage) throws InterruptedException {
    while (true) {
      Optional<FlipReport> report = stage.next();
      if (report.isPresent()) {
        return report.get();
      }
      assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("woken by the display").isTrue();
    }
  }

  private DisplayStage stage(KmsDevice device, Placement placement) {
    return new DisplayStage(
        device,
        settings(placement),
        pipeline.files(),
        (cookie, layout, view) -> seen.add(cookie),
        woken::release);
  }

  private KmsDevice device(int overlays) {
    Mode mode = new Mode(160, 120, 60_000);
    return KmsDevice.start(
        core.open("display"),
        new KmsInfo(
            "screen",
            List.of(PixelFormat.GREY, PixelFormat.XRGB8888),
            16,
            1024,
            List.of(new KmsInfo.Screen(List.of(mode), overlays, false, false)),
            EnumSet.allOf(KmsInfo.Feature.class)));
  }

  private static Settings settings(Placement placement) {
    return new Settings(
        "test",
        PixelFormat.GREY,
        64,
        48,
        Rate.parse("max"),
        3,
        Long.MAX_VALUE,
        Long.MAX_VALUE,
        Settings.OnError.CONTINUE,
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        1,
        1,
        Optional.empty(),
        Optional.of(placement));
  }
}
