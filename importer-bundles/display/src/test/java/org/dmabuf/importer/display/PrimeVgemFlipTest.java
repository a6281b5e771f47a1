package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsEvent;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.gem.DumbBuffer;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemFenceIoctl;
import org.dmabuf.gem.GemIoctl;
import org.dmabuf.gem.StoreObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of IGT's prime_vgem the cases with flips: a vgem buffer on the screen. */
final class PrimeVgemFlipTest {
  private static final int WIDTH = 32;
  private static final int HEIGHT = 16;
  private static final long EXPIRY = Duration.ofSeconds(10).toNanos();
  private static final Mode MODE = new Mode(WIDTH, HEIGHT, 60_000);

  private final ManualClock clock = new ManualClock();
  private final DmaBufCore core = DmaBufCore.create(clock, 1L << 26, Duration.ofSeconds(5));
  private final DmaBufRegistry exporter = core.open("vgem's bundle");
  private final DmaBufRegistry program = core.open("program");
  private final FileTable files = program.files();
  private final GemCore vgem =
      GemCore.start(
          exporter,
          GemDeviceInfo.of("vgem", ExportPolicy.REVOKE, EnumSet.allOf(GemFeature.class)),
          (size, account) -> new StoreObject(exporter.allocate(size, account)));
  private final KmsDevice display =
      KmsDevice.start(
          core.open("display's bundle"),
          new KmsInfo(
              "display0",
              List.of(PixelFormat.values()),
              8,
              64,
              List.of(new KmsInfo.Screen(List.of(MODE), 0, false, false)),
              Set.of(KmsInfo.Feature.ASYNC_FLIP)));
  private final KmsFile screen = display.open(files);
  private int device;
  private int object;
  private Framebuffer framebuffer;

  @BeforeEach
  void show() {
    device = vgem.open(files, OpenFlags.O_RDWR);
    DumbBuffer made = GemIoctl.createDumb(files, device, WIDTH, HEIGHT, 32);
    object = made.handle();
    int fd = GemIoctl.handleToFd(files, device, object, GemIoctl.RDWR);
    screen.commit(
        new AtomicRequest()
            .light(display.crtcs().getFirst(), display.connectors().getFirst(), MODE),
        AtomicFlag.ALLOW_MODESET);
    framebuffer =
        screen.addFramebuffer(
            fd, FrameLayout.of(PixelFormat.XRGB8888, WIDTH, HEIGHT, made.pitch()));
    files.close(fd);
  }

  @AfterEach
  void close() {
    display.close();
    vgem.close();
    core.close();
    assertThat(program.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  @Test
  @Row("C/7")
  void basic_fence_flip() {
    int fence = GemFenceIoctl.attach(files, device, object, GemFenceIoctl.WRITE);
    flip();
    assertThat(display.status()).startsWith("waits for").contains("vgem");
    assertThat(screen.nextEvent()).isEmpty();
    GemFenceIoctl.signal(files, device, fence);
    assertThat(event().kind()).isEqualTo(KmsEvent.Kind.FLIP_COMPLETE);
  }

  /** Who reads holds no flip back. */
  @Test
  @Row("C/7")
  void shouldFlipWhileAReaderIsPending() {
    GemFenceIoctl.attach(files, device, object, 0);
    flip();
    assertThat(event().kind()).isEqualTo(KmsEvent.Kind.FLIP_COMPLETE);
  }

  @Test
  @Row("C/7")
  void fence_flip_hang() {
    GemFenceIoctl.attach(files, device, object, GemFenceIoctl.WRITE);
    flip();
    assertThat(display.status()).startsWith("waits for").contains("vgem");
    clock.advance(EXPIRY);
    assertThat(event().kind()).as("expired without error").isEqualTo(KmsEvent.Kind.FLIP_COMPLETE);
  }

  private void flip() {
    screen.commit(
        new AtomicRequest()
            .show(display.planes().getFirst(), display.crtcs().getFirst(), framebuffer)
            .event(7),
        AtomicFlag.NONBLOCK,
        AtomicFlag.ASYNC,
        AtomicFlag.SKIP_FAILED);
  }

  private KmsEvent event() {
    return screen.nextEvent().orElseThrow();
  }
}
