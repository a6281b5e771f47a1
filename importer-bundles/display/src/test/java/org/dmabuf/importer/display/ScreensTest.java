package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a display is by its configuration. */
final class ScreensTest {
  @Test
  void shouldBeTheTracesDisplayWithoutAConfiguration() {
    KmsInfo info = Screens.info(VkmsConfigs.of(Map.of()));
    assertThat(info.name()).isEqualTo("vkms");
    assertThat(info.formats())
        .containsExactly(
            PixelFormat.XRGB8888,
            PixelFormat.ARGB8888,
            PixelFormat.RGB565,
            PixelFormat.XRGB16161616,
            PixelFormat.ARGB16161616);
    assertThat(info.screens()).hasSize(1);
    assertThat(info.screens().getFirst().modes()).containsExactly(new Mode(640, 480, 30_000));
    assertThat(info.features()).isEmpty();
  }

  @Test
  void shouldHaveWhatIsConfigured() {
    KmsInfo info =
        Screens.info(
            VkmsConfigs.of(
                Map.of(
                    "screens", new String[] {"1920x1080@59.94, 640x480@60", "800x600@75"},
                    "formats", new String[] {"NV12", "YUYV"},
                    "overlays", 3,
                    "cursor", true,
                    "writeback", true,
                    "scaling", true,
                    "cloning", true)));
    assertThat(info.formats()).containsExactly(PixelFormat.NV12, PixelFormat.YUYV);
    assertThat(info.screens().get(0).modes())
        .containsExactly(new Mode(1920, 1080, 59_940), new Mode(640, 480, 60_000));
    assertThat(info.screens().get(1))
        .isEqualTo(
            new KmsInfo.Screen(java.util.List.of(new Mode(800, 600, 75_000)), 3, true, true));
    assertThat(info.features())
        .containsExactlyInAnyOrder(KmsInfo.Feature.SCALING, KmsInfo.Feature.CLONING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "640x480", "640x480@0", "640x480@1001", "x@", "9000x480@30"})
  void shouldRefuseWhatIsNoMode(String screen) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> Screens.info(VkmsConfigs.of(Map.of("screens", new String[] {screen}))))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
  }
}
