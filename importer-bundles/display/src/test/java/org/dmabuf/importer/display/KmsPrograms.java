package org.dmabuf.importer.display;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.ManualClock;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.display.uapi.KmsIoctl;
import org.dmabuf.display.uapi.KmsQuery;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.gem.DumbBuffer;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemIoctl;
import org.dmabuf.gem.StoreObject;

/** A program with a display and another device of which it shows buffers. */
final class KmsPrograms implements AutoCloseable {
  static final int WIDTH = 64;
  static final int HEIGHT = 32;
  static final int XR24 = PixelFormat.XRGB8888.drmFourcc();
  static final Mode MODE = new Mode(WIDTH, HEIGHT, 100_000);
  static final long PERIOD = 10_000_000L;

  final ManualClock clock = new ManualClock();
  final DmaBufCore core = DmaBufCore.create(clock, 1L << 26, Duration.ofSeconds(5));
  final DmaBufRegistry exporter = core.open("vgem's bundle");
  final DmaBufRegistry program = core.open("program");
  final FileTable files = program.files();
  final GemCore vgem =
      GemCore.start(
          exporter,
          GemDeviceInfo.of("vgem", ExportPolicy.ADOPT, EnumSet.allOf(GemFeature.class)),
          (size, account) -> new StoreObject(exporter.allocate(size, account)));
  final Vkms vkms;
  final int card;
  final int other;
  final int crtc;
  final int connector;

  KmsPrograms() {
    this(Map.of());
  }

  KmsPrograms(Map<String, Object> more) {
    Map<String, Object> config = new java.util.HashMap<>(more);
    config.putIfAbsent("screens", new String[] {WIDTH + "x" + HEIGHT + "@100"});
    vkms = new Vkms(core.open("display's bundle"), VkmsConfigs.of(config));
    card = vkms.open(files, OpenFlags.O_RDWR);
    other = vgem.open(files, OpenFlags.O_RDWR);
    KmsQuery.Resources all = KmsQuery.resources(files, card);
    crtc = all.crtcs().getFirst();
    connector = all.connectors().getFirst();
  }

  /** Makes a buffer on a device and paints it; returns its handle. */
  int painted(int device, int pixel) {
    DumbBuffer made = GemIoctl.createDumb(files, device, WIDTH, HEIGHT, 32);
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, device, made.handle(), made.size())) {
      for (int at = 0; at < made.size(); at++) {
        mapping.store(at, (byte) (pixel >> (8 * (at % Integer.BYTES))));
      }
    }
    return made.handle();
  }

  /** Takes a buffer of the other device over to the display; returns its handle there. */
  int imported(int handle) {
    int fd = GemIoctl.handleToFd(files, other, handle, GemIoctl.CLOEXEC | GemIoctl.RDWR);
    int taken = GemIoctl.fdToHandle(files, card, fd);
    files.close(fd);
    return taken;
  }

  int framebuffer(int handle) {
    return KmsIoctl.addFb2(
        files, card, handle, WIDTH, HEIGHT, XR24, WIDTH * 4, 0, OptionalLong.empty());
  }

  void set(int fb) {
    KmsIoctl.setCrtc(files, card, crtc, fb, connector, MODE);
  }

  /** Returns the checksum of what is on the screen. */
  long checksum() {
    try (KmsFile witness = vkms.display().open(files)) {
      Crtc first = vkms.display().crtcs().getFirst();
      return witness.checksum(first).orElseThrow();
    }
  }

  void vblank() {
    clock.advance(PERIOD);
  }

  @Override
  public void close() {
    files.close(card);
    vkms.stop();
    vgem.close();
    core.close();
  }
}
