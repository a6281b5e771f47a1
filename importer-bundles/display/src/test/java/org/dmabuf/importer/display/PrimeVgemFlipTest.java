package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.display.CommitRequest;
import org.dmabuf.display.DisplayCore;
import org.dmabuf.display.DisplayFile;
import org.dmabuf.display.DisplayInfo;
import org.dmabuf.display.FlipEvent;
import org.dmabuf.display.Mode;
import org.dmabuf.display.ScanoutDriver;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
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
  private static final long BOUND_SECONDS = 30;

  private record Screen(DisplayInfo info) implements ScanoutDriver {}

  private final ManualClock clock = new ManualClock();
  private final DmaBufCore core = DmaBufCore.create(clock, 1L << 26, Duration.ofSeconds(5));
  private final DmaBufRegistry exporter = core.open("vgem's bundle");
  private final DmaBufRegistry program = core.open("program");
  private final FileTable files = program.files();
  private final Semaphore woken = new Semaphore(0);
  private final GemCore vgem =
      GemCore.start(
          exporter,
          GemDeviceInfo.of("vgem", ExportPolicy.REVOKE, EnumSet.allOf(GemFeature.class)),
          (size, account) -> new StoreObject(exporter.allocate(size, account)));
  private final DisplayCore display =
      DisplayCore.start(
          core.open("display's bundle"),
          new Screen(
              new DisplayInfo(
                  "display0", "test", "1.0.0", List.of(PixelFormat.values()), 4, 8, 8, 64, 64)));
  private final DisplayFile screen = display.open(files);
  private int device;
  private int object;
  private int framebuffer;

  @BeforeEach
  void show() {
    device = vgem.open(files, OpenFlags.O_RDWR);
    DumbBuffer made = GemIoctl.createDumb(files, device, WIDTH, HEIGHT, 32);
    object = made.handle();
    int fd = GemIoctl.handleToFd(files, device, object, GemIoctl.RDWR);
    screen.setListener(woken::release);
    screen.setMode(new Mode(WIDTH, HEIGHT, 0));
    framebuffer =
        screen.addFramebuffer(
            fd, FrameLayout.of(PixelFormat.XRGB8888, WIDTH, HEIGHT, made.pitch()), Modifier.LINEAR);
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
  void basic_fence_flip() throws InterruptedException {
    int fence = GemFenceIoctl.attach(files, device, object, GemFenceIoctl.WRITE);
    screen.commit(CommitRequest.of(framebuffer, 7));
    awaitWaiting();
    assertThat(screen.nextEvent()).isEmpty();
    GemFenceIoctl.signal(files, device, fence);
    assertThat(event().outcome()).isEqualTo(FlipEvent.Outcome.FLIPPED);
  }

  /** Who reads holds no flip back. */
  @Test
  @Row("C/7")
  void shouldFlipWhileAReaderIsPending() throws InterruptedException {
    GemFenceIoctl.attach(files, device, object, 0);
    screen.commit(CommitRequest.of(framebuffer, 7));
    assertThat(event().outcome()).isEqualTo(FlipEvent.Outcome.FLIPPED);
  }

  @Test
  @Row("C/7")
  void fence_flip_hang() throws InterruptedException {
    GemFenceIoctl.attach(files, device, object, GemFenceIoctl.WRITE);
    screen.commit(CommitRequest.of(framebuffer, 7));
    awaitWaiting();
    clock.advance(EXPIRY);
    assertThat(event().outcome()).as("expired without error").isEqualTo(FlipEvent.Outcome.FLIPPED);
  }

  private void awaitWaiting() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (!display.status().contains("vgem")) {
      assertThat(System.nanoTime() - end).as(display.status()).isNegative();
      Thread.onSpinWait();
    }
  }

  private FlipEvent event() throws InterruptedException {
    for (Optional<FlipEvent> event = screen.nextEvent(); ; event = screen.nextEvent()) {
      if (event.isPresent()) {
        return event.get();
      }
      assertThat(woken.tryAcquire(BOUND_SECONDS, TimeUnit.SECONDS)).as("woken").isTrue();
    }
  }
}
