package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.display.Mode;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.format.PixelFormat;

/** A display of one screen, 32x16 at 100 Hz, by a clock that is turned by hand. */
final class KmsRig implements AutoCloseable {
  static final Mode MODE = new Mode(32, 16, 100_000);
  static final Mode SMALL = new Mode(16, 8, 50_000);
  static final long PERIOD = 10_000_000L;
  static final int RED = 0xffff0000;
  static final int BLUE = 0xff0000ff;
  static final int BLACK = 0xff000000;

  final ManualClock clock = new ManualClock();
  // In debug mode, so that a lock out of order, or a wait that holds one, is a violation.
  final DmaBufCore core =
      DmaBufCore.create(
          DmaBufOptions.defaults()
              .withClock(clock)
              .withMemory(MemoryLimits.ofPool(1L << 26))
              .withWaitBound(Duration.ofSeconds(1))
              .withDebug(true));
  final DmaBufRegistry client = core.open("client");
  final FenceContext drawing = client.fenceContext("gpu", "draw");
  final KmsDevice device;
  final KmsFile file;
  final Crtc crtc;
  final Connector connector;
  final Plane primary;

  KmsRig() {
    this(info(new KmsInfo.Screen(List.of(MODE, SMALL), 2, true, true), 1));
  }

  KmsRig(KmsInfo info) {
    device = KmsDevice.start(core.open("display's bundle"), info);
    file = device.open(client.files());
    crtc = device.crtcs().getFirst();
    connector = device.connectors().getFirst();
    primary = device.planes().getFirst();
  }

  /** Returns what a display with some screens alike is. */
  static KmsInfo info(KmsInfo.Screen screen, int count, KmsInfo.Feature... features) {
    Set<KmsInfo.Feature> all = EnumSet.noneOf(KmsInfo.Feature.class);
    all.addAll(List.of(features));
    List<KmsInfo.Screen> screens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      screens.add(screen);
    }
    return new KmsInfo("kms", List.of(PixelFormat.values()), 4, 1024, screens, all);
  }

  TestMemory memory() {
    return new TestMemory(client, 32 * 16 * 4);
  }

  Framebuffer framebuffer(TestMemory memory) {
    return file.addFramebuffer(FramebufferRequest.of(PixelFormat.XRGB8888, 32, 16, 32 * 4, memory));
  }

  Framebuffer framebuffer() {
    return framebuffer(memory());
  }

  /** Returns a request that switches the screen on with a framebuffer. */
  AtomicRequest lit(Framebuffer framebuffer) {
    return new AtomicRequest().light(crtc, connector, MODE).show(primary, crtc, framebuffer);
  }

  /** Switches the screen on. */
  Framebuffer light() {
    Framebuffer framebuffer = framebuffer();
    file.commit(lit(framebuffer), AtomicFlag.ALLOW_MODESET);
    return framebuffer;
  }

  /** Returns a request that shows another framebuffer. */
  AtomicRequest showing(Framebuffer framebuffer) {
    return new AtomicRequest().show(primary, crtc, framebuffer);
  }

  void flip(Framebuffer framebuffer) {
    file.commit(showing(framebuffer), AtomicFlag.NONBLOCK);
  }

  /** Lets a vblank come. */
  void vblank() {
    clock.advance(PERIOD);
  }

  /** Returns the numbers of the events that have come since. */
  List<Long> events() {
    List<Long> cookies = new ArrayList<>();
    file.nextEvent().ifPresent(event -> cookies.add(event.cookie()));
    while (file.hasEvent()) {
      cookies.add(file.nextEvent().orElseThrow().cookie());
    }
    return cookies;
  }

  Framebuffer shown() {
    return file.state().of(primary).framebuffer().orElse(null);
  }

  /** Returns the colour of a pixel on the screen. */
  int pixel(int x, int y) {
    return file.snapshot(crtc).orElseThrow().at(x, y);
  }

  /**
   * Makes a call on a thread of its own, which has come to a wait for a fence when this returns.
   */
  static Blocked blocked(Runnable call) throws InterruptedException {
    FutureTask<Errno> task = new FutureTask<>(() -> errnoOf(call));
    Thread thread = Thread.ofPlatform().daemon().start(task);
    while (!(LockSupport.getBlocker(thread) instanceof DmaFence) && thread.isAlive()) {
      Thread.onSpinWait();
    }
    assertThat(task.isDone()).as("the call has not returned").isFalse();
    return new Blocked(thread, task);
  }

  /** A call that waits. */
  record Blocked(Thread thread, FutureTask<Errno> task) {
    /** Returns what it ended with, null for success. */
    Errno result() throws Exception {
      return task.get(60, TimeUnit.SECONDS);
    }
  }

  static Errno errnoOf(Runnable call) {
    DmaBufException failure = catchThrowableOfType(DmaBufException.class, call::run);
    return failure == null ? null : failure.errno();
  }

  @Override
  public void close() {
    device.close(); // which waits for no fence
    core.close();
    assertThat(client.violations()).isEmpty();
  }
}
