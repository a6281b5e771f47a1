package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.resv.Usage;

/**
 * A framework with a clock that is turned by hand, a client that has buffers (exporter and pipeline
 * in one), and a display with a bundle of its own.
 */
final class DisplayRig implements AutoCloseable {
  static final FrameLayout LAYOUT = FrameLayout.of(PixelFormat.XRGB8888, 32, 16, 64);
  static final Mode FREE = new Mode(32, 16, 0);

  /** 100 vblanks a second. */
  static final Mode PACED = new Mode(32, 16, 100_000);

  static final long PERIOD = 10_000_000L;
  static final Holdings NOTHING = new Holdings(0, 0, 0, 0, 0, 0);

  static final DisplayInfo INFO =
      new DisplayInfo(
          "display0", "test", "1.0.0", List.of(PixelFormat.values()), 4, 8, 8, 4096, 4096);

  /** A driver that does what the default does. */
  record PlainDriver(DisplayInfo info) implements ScanoutDriver {}

  final ManualClock clock = new ManualClock();
  // In debug mode, so that a display that reaches past its addresses or breaks a lock's rule fails.
  final DmaBufCore core =
      DmaBufCore.create(
          DmaBufOptions.defaults()
              .withClock(clock)
              .withMemory(MemoryLimits.ofPool(1L << 26))
              .withWaitBound(Duration.ofSeconds(1))
              .withDebug(true));
  final DmaBufRegistry client = core.open("client");
  final DmaBufRegistry bundle = core.open("display bundle");
  final FenceContext capture = client.fenceContext("v4l2", "capture0");
  final Semaphore woken = new Semaphore(0);
  final DisplayCore display;
  final DisplayFile file;

  DisplayRig() {
    this(new PlainDriver(INFO));
  }

  DisplayRig(ScanoutDriver driver) {
    this(driver, 30_000);
  }

  /** With a display that waits so many ms at most for a scan when it stops. */
  DisplayRig(ScanoutDriver driver, long scanMillis) {
    display = DisplayCore.start(bundle, driver, scanMillis);
    file = display.open(client.files());
    file.setListener(woken::release);
  }

  /** Exports a buffer for one frame; returns its descriptor. */
  int buffer() {
    return TestBuffers.export(client, LAYOUT.size());
  }

  /** Makes a framebuffer over a buffer. */
  int framebuffer(int fd) {
    return file.addFramebuffer(fd, LAYOUT, Modifier.LINEAR);
  }

  /** Puts a pending write fence of the capture device on a buffer. */
  DmaFence writing(int fd) {
    DmaFence fence = capture.create();
    TestBuffers.reserve(client, fd, fence, Usage.WRITE);
    return fence;
  }

  DmaFence commit(int fb, long cookie) {
    return file.commit(CommitRequest.of(fb, cookie));
  }

  /** Waits for the next event, as a program that is woken by the listener. */
  FlipEvent event() throws InterruptedException {
    for (Optional<FlipEvent> event = file.nextEvent(); ; event = file.nextEvent()) {
      if (event.isPresent()) {
        return event.get();
      }
      assertThat(woken.tryAcquire(30, TimeUnit.SECONDS)).as("woken by the display").isTrue();
    }
  }

  /**
   * Commits, waits for the event and until the former buffer is free, with a clock that runs free.
   */
  FlipEvent flip(int fb, long cookie) throws InterruptedException {
    DmaFence out = commit(fb, cookie);
    FlipEvent event = event();
    out.await();
    return event;
  }

  /** Waits until the display's thread says that it waits for something. */
  void awaitStatus(String text) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!display.status().contains(text) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    assertThat(display.status()).contains(text);
  }

  /** The driver's bundle stops: its component is deactivated, then it is cleaned up. */
  void stopBundle() {
    core.leave(bundle);
    display.close();
    core.close(bundle);
  }

  @Override
  public void close() {
    display.close();
    core.close();
    assertThat(client.violations()).isEmpty();
  }
}
