package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.display.Mode;
import org.dmabuf.display.uapi.KmsIoctl;
import org.dmabuf.display.uapi.KmsQuery;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.GemIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** IGT's kms_prime: buffers of one device on the screen of another. */
@Timeout(120)
final class KmsPrimeTest {
  private static final int[] COLORS = {0xffff0000, 0xff00ff00, 0xff0000ff, 0xffffffff};

  private final KmsPrograms rig = new KmsPrograms();

  @AfterEach
  void close() {
    rig.close();
  }

  /** basic-crc-vgem: an imported buffer looks as one of the display's own of the same colour. */
  @Test
  void basicCrcVgem() {
    int shown = rig.framebuffer(rig.painted(rig.card, 0xff000000));
    rig.set(shown);
    long dark = rig.checksum();
    for (int color : COLORS) {
      int imported = rig.framebuffer(rig.imported(rig.painted(rig.other, color)));
      int own = rig.framebuffer(rig.painted(rig.card, color));
      flip(imported);
      long ofImported = rig.checksum();
      flip(own);
      assertThat(rig.checksum()).as("of %08x", color).isEqualTo(ofImported).isNotEqualTo(dark);
    }
  }

  /** basic-crc-hybrid: what the exporter paints after the import is what is shown. */
  @Test
  void basicCrcHybrid() {
    rig.set(rig.framebuffer(rig.painted(rig.card, COLORS[0])));
    long wanted = rig.checksum();
    int scratch = rig.painted(rig.other, 0);
    int fb = rig.framebuffer(rig.imported(scratch));
    flip(fb);
    assertThat(rig.checksum()).isNotEqualTo(wanted);
    try (var mapping = GemIoctl.mmapDumb(rig.files, rig.other, scratch, size())) {
      for (int at = 0; at < size(); at++) {
        mapping.store(at, (byte) (COLORS[0] >> (8 * (at % Integer.BYTES))));
      }
    }
    assertThat(rig.checksum()).isEqualTo(wanted);
  }

  /** basic-modeset-hybrid: an imported buffer can be what a screen is switched on with. */
  @Test
  void basicModesetHybrid() {
    int fb = rig.framebuffer(rig.imported(rig.painted(rig.other, COLORS[1])));
    rig.set(fb);
    long imported = rig.checksum();
    KmsIoctl.switchOff(rig.files, rig.card, rig.crtc);
    rig.set(rig.framebuffer(rig.painted(rig.card, COLORS[1])));
    assertThat(rig.checksum()).isEqualTo(imported);
  }

  /**
   * D3hot: the exporting device goes to sleep while its buffer is on the screen. Here it goes for
   * good: its buffers stay, as they are handed over, and a successor can be used at once.
   */
  @Test
  void d3hot() {
    int fb = rig.framebuffer(rig.imported(rig.painted(rig.other, COLORS[2])));
    rig.set(fb);
    long before = rig.checksum();
    assertThat(rig.vgem.info().policy()).isEqualTo(ExportPolicy.ADOPT);
    rig.vgem.close();
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> GemIoctl.createDumb(rig.files, rig.other, 8, 8, 32))
        .satisfies(gone -> assertThat(gone.errno()).isEqualTo(Errno.ENODEV));
    assertThat(rig.checksum()).isEqualTo(before);
    flip(rig.framebuffer(rig.painted(rig.card, COLORS[2])));
    assertThat(rig.checksum()).isEqualTo(before);
  }

  /** One buffer on the screens of two devices, of which one is half as fast. */
  @Test
  void shouldShowOneBufferOnTwoDevicesEachAtItsOwnRate() {
    Vkms slow =
        new Vkms(
            rig.core.open("slow display's bundle"),
            VkmsConfigs.of(Map.of("dmabuf_node", "vkms1", "screens", new String[] {"64x32@50"})));
    try {
      int handle = rig.painted(rig.other, COLORS[3]);
      int here = rig.framebuffer(rig.imported(handle));
      int card = slow.open(rig.files, OpenFlags.O_RDWR);
      int fd = GemIoctl.handleToFd(rig.files, rig.other, handle, GemIoctl.CLOEXEC);
      int there =
          KmsIoctl.addFb2(
              rig.files,
              card,
              GemIoctl.fdToHandle(rig.files, card, fd),
              KmsPrograms.WIDTH,
              KmsPrograms.HEIGHT,
              KmsPrograms.XR24,
              KmsPrograms.WIDTH * 4,
              0,
              OptionalLong.empty());
      KmsQuery.Resources all = KmsQuery.resources(rig.files, card);
      int crtc = all.crtcs().getFirst();
      rig.set(here);
      KmsIoctl.setCrtc(
          rig.files,
          card,
          crtc,
          there,
          all.connectors().getFirst(),
          new Mode(KmsPrograms.WIDTH, KmsPrograms.HEIGHT, 50_000));
      KmsIoctl.pageFlip(rig.files, rig.card, rig.crtc, here, KmsIoctl.EVENT, 1);
      KmsIoctl.pageFlip(rig.files, card, crtc, there, KmsIoctl.EVENT, 2);
      rig.vblank();
      assertThat(KmsIoctl.readEvents(rig.files, rig.card)).hasSize(1);
      assertThat(KmsIoctl.readEvents(rig.files, card)).isEmpty();
      rig.vblank();
      assertThat(KmsIoctl.readEvents(rig.files, card)).hasSize(1);
    } finally {
      slow.stop();
    }
  }

  private void flip(int fb) {
    KmsIoctl.pageFlip(rig.files, rig.card, rig.crtc, fb, 0, 0);
    rig.vblank();
  }

  private static long size() {
    return 4L * KmsPrograms.WIDTH * KmsPrograms.HEIGHT;
  }
}
