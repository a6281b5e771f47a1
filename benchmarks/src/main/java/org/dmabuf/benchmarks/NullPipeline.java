package org.dmabuf.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.FramebufferRequest;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsEvent;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.WaitQueue;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueLimits;
import org.dmabuf.video.queue.QueueMemory;
import org.dmabuf.video.queue.QueueRequest;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.VideoQueue;

/**
 * A camera and a display that share buffers of 4K NV12, with all that the framework does for a
 * frame and devices that do nothing but touch a cache line.
 *
 * <pre>
 *   program   queue a buffer: its write fence joins the reservation
 *             commit its framebuffer, which waits for that fence
 *   camera    writes a line, completes the fence: the flip waits for the vblank
 *   clock     the vblank: flip, event
 *   display   reads the line
 *   program   takes the event, dequeues the buffer
 * </pre>
 *
 * <p>The dma-bufs go from the program to the devices by descriptors. Requests are made once for
 * each buffer and used again. Who is on which thread is said by who uses it: each method is that of
 * one side, and is used by one thread at a time.
 */
final class NullPipeline implements AutoCloseable {
  /** The frames that go through it. */
  static final FrameLayout FRAME = FrameLayout.of(PixelFormat.NV12, 3840, 2160, 64);

  private static final int BUFFERS = 3;

  /** Frames: so many pieces of code take part that a short warm-up leaves some uncompiled. */
  static final int UNTIL_COMPILED = 100_000;

  private static final Set<AtomicFlag> NONBLOCK = Set.of(AtomicFlag.NONBLOCK);
  private static final Mode MODE = new Mode(FRAME.width(), FRAME.height(), 60_000);

  /** One buffer, as the program uses it. */
  private record Slot(QueueRequest queue, AtomicRequest commit, ScannedMemory scanned) {}

  private final DmaBufCore core;
  private final DmaBufRegistry driver;
  private final DmaBufRegistry program;
  private final TurnedClock.Hand hand;
  private final VideoQueue queue;
  private final NullCamera camera;
  private final KmsDevice display;
  private final KmsFile screen;
  private final Slot[] slots = new Slot[BUFFERS];
  private final byte[] line = new byte[NullCamera.LINE];
  private int queued;
  private int committed;
  private int scanned;

  /**
   * Makes one with a stream and a lit screen.
   *
   * @param clock that the framework was made with
   * @param bell told, on any thread, when the camera may have a buffer
   */
  NullPipeline(DmaBufCore core, TurnedClock clock, Runnable bell) {
    this.core = core;
    this.hand = clock.hand();
    this.driver = core.open("drivers");
    this.program = core.open("program");
    this.queue =
        new VideoQueue(
            "camera",
            QueueType.CAPTURE,
            new QueueLimits(1, 1, BUFFERS),
            QueueMemory.attached(driver, "camera", DmaDevice.named("camera")),
            VideoQueue.Timestamps.MONOTONIC,
            0,
            new WaitQueue());
    this.camera = new NullCamera(queue.device(), FRAME.size(), bell);
    queue.setWork(camera);
    queue.setFencing(this, QueueFencing.IMPLICIT);
    this.display =
        KmsDevice.start(
            driver,
            new KmsInfo(
                "display",
                List.of(FRAME.format()),
                1,
                FRAME.width(),
                List.of(new KmsInfo.Screen(List.of(MODE), 0, false, false)),
                Set.of()));
    this.screen = display.open(program.files());
    begin();
  }

  private void begin() {
    queue.requestBuffers(
        this,
        Optional.of(MemoryType.DMABUF),
        BUFFERS,
        new long[] {FRAME.size()},
        program.files().account());
    Crtc crtc = display.crtcs().getFirst();
    Plane plane = display.planes().getFirst();
    Framebuffer shown = null;
    for (int i = 0; i < BUFFERS; i++) {
      DmaBuf buffer = new LateBacked(driver, FRAME.size()).exportCached();
      ScannedMemory memory = ScannedMemory.of(driver, buffer);
      shown =
          screen.addFramebuffer(
              FramebufferRequest.of(FRAME, () -> ScannedMemory.of(driver, buffer)));
      slots[i] =
          new Slot(
              request(i, program.files(), driver.fd(buffer, program.files(), true)),
              new AtomicRequest().show(plane, crtc, shown).event(i),
              memory);
    }
    screen.commit(
        new AtomicRequest()
            .light(crtc, display.connectors().getFirst(), MODE)
            .show(plane, crtc, shown),
        AtomicFlag.ALLOW_MODESET);
    queue.streamOn(this);
  }

  private static QueueRequest request(int index, FileTable files, int fd) {
    return new QueueRequest(
        index,
        Optional.of(MemoryType.DMABUF),
        files,
        List.of(new QueueRequest.Plane(fd, 0, Optional.empty(), 0, 0, 0)),
        0,
        Optional.empty(),
        false);
  }

  /** Does so many frames on the calling thread that the compiler has seen them. */
  void warmUp() {
    for (int i = 0; i < UNTIL_COMPILED; i++) {
      frame();
    }
  }

  /** Does everything for one frame on the calling thread. */
  void frame() {
    queueNext();
    commitNext();
    camera.step();
    turn();
    takeEvent();
    dequeueNext();
  }

  /** The program gives the camera the next buffer. */
  void queueNext() {
    queue.queue(this, slots[queued].queue());
    queued = (queued + 1) % BUFFERS;
  }

  /** The program shows the next buffer as soon as it is filled. */
  void commitNext() {
    screen.commit(slots[committed].commit(), NONBLOCK);
    committed = (committed + 1) % BUFFERS;
  }

  /** The camera does its next frame; false when it has no buffer. */
  boolean step() {
    return camera.step();
  }

  /** The display comes to its vblank; false when nobody waits for one. */
  boolean turn() {
    if (!hand.turn()) {
      return false;
    }
    slots[scanned].scanned().view().read(0, line, 0, line.length);
    scanned = (scanned + 1) % BUFFERS;
    return true;
  }

  /** Whether the display has flipped since. */
  boolean isFlipped() {
    return screen.hasEvent();
  }

  /** The program is told of the flip. */
  KmsEvent takeEvent() {
    return screen.nextEvent().orElseThrow();
  }

  /** The program takes the buffer back from the camera's queue. */
  BufferStatus dequeueNext() {
    return queue.dequeue(this, true);
  }

  /** Sets what is told, on the display's thread, of each flip. */
  void setListener(Runnable told) {
    screen.setListener(told);
  }

  TurnedClock.Hand hand() {
    return hand;
  }

  @Override
  public void close() {
    queue.leave();
    display.close();
    core.close(program);
    core.close(driver);
  }
}
