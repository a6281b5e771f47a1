package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.display.Mode;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.SizeLimits;
import org.dmabuf.resv.Usage;

/**
 * A lit display of one screen at 100 Hz with a recorder, a client that has buffers (exporter and
 * pipeline in one), and a clock that is turned by hand. Its commits are not shown when they failed.
 */
final class ScanRig implements AutoCloseable {
  static final FrameLayout LAYOUT = FrameLayout.of(PixelFormat.XRGB8888, 32, 16, 64);
  static final Mode MODE = new Mode(32, 16, 100_000);
  static final long PERIOD = 10_000_000L;
  static final long SAMPLES = 32 * 16 * 4;
  static final Holdings NOTHING = new Holdings(0, 0, 0, 0, 0, 0);
  static final KmsInfo INFO =
      new KmsInfo(
          "display0",
          new KmsInfo.Maker("test", "1.0.0"),
          List.of(PixelFormat.XRGB8888, PixelFormat.NV12),
          64,
          SizeLimits.ofFrames(8, 8, 64, 64),
          List.of(new KmsInfo.Screen(List.of(MODE), 1, false, true)),
          EnumSet.allOf(KmsInfo.Feature.class));

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
  final List<Long> recorded = new ArrayList<>();
  final KmsDevice display;
  final KmsFile file;
  final Crtc crtc;
  final Plane plane;

  ScanRig() {
    this(Scanout::show);
  }

  ScanRig(ScanoutDriver driver) {
    this(driver, 30_000);
  }

  /** With a display that waits so many ms at most for a scan when it stops. */
  ScanRig(ScanoutDriver driver, long scanMillis) {
    display = KmsDevice.start(bundle, INFO, driver, scanMillis);
    file = display.open(client.files());
    crtc = display.crtcs().getFirst();
    plane = display.planes().getFirst();
    file.setRecorder((cookie, layout, view) -> recorded.add(cookie));
    file.setListener(woken::release);
    file.commit(
        new AtomicRequest().light(crtc, display.connectors().getFirst(), MODE),
        AtomicFlag.ALLOW_MODESET);
  }

  /** Exports a buffer for one frame; returns its descriptor. */
  int buffer() {
    return TestBuffers.export(client, LAYOUT.size());
  }

  /** Makes a framebuffer over a buffer. */
  Framebuffer framebuffer(int fd) {
    return file.addFramebuffer(fd, LAYOUT);
  }

  /** Puts a pending write fence of the capture device on a buffer. */
  DmaFence writing(int fd) {
    DmaFence fence = capture.create();
    TestBuffers.reserve(client, fd, fence, Usage.WRITE);
    return fence;
  }

  AtomicRequest showing(Framebuffer frame, long cookie) {
    return new AtomicRequest().show(plane, crtc, frame).event(cookie);
  }

  /** Commits a frame that comes as soon as it is written; returns its out-fence. */
  DmaFence commit(Framebuffer frame, long cookie) {
    return commit(showing(frame, cookie), AtomicFlag.ASYNC);
  }

  /** Commits a frame that comes at a vblank. */
  DmaFence commitPaced(Framebuffer frame, long cookie) {
    return commit(showing(frame, cookie));
  }

  DmaFence commit(AtomicRequest request, AtomicFlag... more) {
    AtomicReference<DmaFence> out = new AtomicReference<>();
    List<AtomicFlag> flags = new ArrayList<>(Arrays.asList(more));
    flags.add(AtomicFlag.NONBLOCK);
    flags.add(AtomicFlag.SKIP_FAILED);
    file.commit(request.outFence(crtc, out::set), flags.toArray(AtomicFlag[]::new));
    return out.get();
  }

  /** Waits for the next event, as a program that is woken by the listener. */
  KmsEvent event() throws InterruptedException {
    for (Optional<KmsEvent> event = file.nextEvent(); ; event = file.nextEvent()) {
      if (event.isPresent()) {
        return event.get();
      }
      assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("woken by the display").isTrue();
    }
  }

  /** Commits a frame and waits for its event. */
  KmsEvent flip(Framebuffer frame, long cookie) throws InterruptedException {
    commit(frame, cookie);
    return event();
  }

  /** Waits until the display says that it does something. */
  void awaitStatus(String text) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!display.status().contains(text) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    assertThat(display.status()).contains(text);
  }

  /** Waits until a fence has completed, by the machine's time, as the product's clock stands. */
  static boolean completes(DmaFence fence) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!fence.isSignaled() && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    return fence.isSignaled();
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
