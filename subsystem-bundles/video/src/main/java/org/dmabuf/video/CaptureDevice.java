package org.dmabuf.video;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture device, made by its driver, which registers it as {@link VideoDevice} and closes it
 * when it leaves.
 *
 * <pre>
 *   HERE --close()--> GONE   the stream's thread has ended, fences are completed, attachments and
 *                            mappings given back, the driver forgotten
 * </pre>
 *
 * <p>Whoever keeps this object, or a file of it, after that keeps nothing of the driver's bundle.
 * Thread-safe. Kernel counterpart: {@code struct video_device} with its {@code struct vb2_queue},
 * {@code video_unregister_device()}.
 */
public final class CaptureDevice implements VideoDevice, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureDevice.class);

  private static final long GIVE_BACK_SECONDS = 5;

  private final DmaBufRegistry registry;
  private final VideoDeviceInfo info;
  private final DmaDevice dma;
  private final DmaClock clock;
  private final FenceContext fences;
  private final BufferQueue queue;
  private final Bell bell;
  private final CaptureStream.Patience patience;
  private final List<VideoFile> files = new CopyOnWriteArrayList<>();
  // One party is the driver's end, the others are threads that take or give back buffers.
  private final Phaser inside = new Phaser(1);
  private volatile CaptureDriver driver;
  private volatile long periodNanos;

  /**
   * Makes a device. Nothing runs until a stream is switched on.
   *
   * @param registry the driver's, to which attachments and fences belong; never null
   * @param info what it is, never null
   * @param dma what memory it can write to, never null
   * @param driver the driver, forgotten by {@link #close}; never null
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  public CaptureDevice(
      DmaBufRegistry registry, VideoDeviceInfo info, DmaDevice dma, CaptureDriver driver) {
    this(registry, info, dma, driver, CaptureStream.Patience.DEFAULT);
  }

  CaptureDevice(
      DmaBufRegistry registry,
      VideoDeviceInfo info,
      DmaDevice dma,
      CaptureDriver driver,
      CaptureStream.Patience patience) {
    this.registry = registry;
    this.info = Objects.requireNonNull(info, "info");
    this.dma = Objects.requireNonNull(dma, "dma");
    this.driver = Objects.requireNonNull(driver, "driver");
    this.patience = patience;
    this.clock = registry.clock();
    this.queue = new BufferQueue(info.name(), clock);
    this.bell = new Bell(clock);
    this.fences = registry.fenceContext(info.driver(), info.name());
  }

  @Override
  public VideoDeviceInfo info() {
    return info;
  }

  @Override
  public ImporterNeeds needs() {
    checkHere("be negotiated for");
    return info.needs(dma);
  }

  @Override
  public VideoFile open(FileTable caller) {
    checkHere("be opened");
    VideoFile file = VideoFile.open(this, queue, caller);
    files.add(file);
    return file;
  }

  private void checkHere(String what) {
    if (queue.isLeaving()) {
      throw new DmaBufException(
          Errno.ENODEV,
          "Capture device " + info.name() + " is gone and cannot " + what + "; its successor can");
    }
  }

  /** Tells that a driver that was not ready may be now. Never blocks; from any thread. */
  public void kick() {
    bell.kick();
  }

  /**
   * Takes the device away from its driver. A frame that is being captured is not accepted; its
   * fence and those of all queued buffers complete with ECANCELED; buffers that are done can still
   * be dequeued. When this returns, the device's thread has ended and the driver is not called any
   * more; should a source not let the thread go within seconds of being interrupted, that is logged
   * with its stack. Idempotent; not to be called by the driver from within a capture.
   */
  @Override
  public void close() {
    queue.leave().ifPresent(CaptureStream::awaitEnd);
    undo(queue::left, Errno.ECANCELED);
    awaitNobodyInside();
    driver = null;
    fences.close();
    wake();
  }

  // ---- For the device's files and stream ----

  void setPeriod(long nanos) {
    periodNanos = nanos;
  }

  long periodNanos() {
    return periodNanos;
  }

  DmaBufRegistry registry() {
    return registry;
  }

  DmaDevice dma() {
    return dma;
  }

  DmaClock clock() {
    return clock;
  }

  FenceContext fences() {
    return fences;
  }

  CaptureStream newStream() {
    return new CaptureStream(this, queue, bell, patience);
  }

  void forget(VideoFile file) {
    files.remove(file);
  }

  void check(VideoFormat asked) {
    CaptureDriver now = driver;
    if (now == null) {
      return; // the queue says ENODEV
    }
    try {
      now.check(asked);
    } catch (DmaBufException answered) {
      throw answered;
    } catch (RuntimeException | LinkageError failed) {
      LOG.error("The check of {} by driver {} failed: {}", asked, info.driver(), failed, failed);
      throw new DmaBufException(
          Errno.EIO, "The check of " + asked + " by " + info.writer() + " failed with " + failed);
    }
  }

  Capture capture(FrameTarget target) {
    CaptureDriver now = driver;
    if (now == null) {
      return new Capture.Interrupted();
    }
    try {
      return Objects.requireNonNull(now.capture(target), "the driver's capture result");
    } catch (RuntimeException | LinkageError failed) {
      // Only the text goes on: the throwable's class may be the driver's.
      LOG.error("Driver {} failed in a capture: {}", info.writer(), failed, failed);
      return new Capture.Broken(Errno.EIO, info.writer() + " failed with " + failed);
    }
  }

  /** Completes a fence; null for success. */
  void complete(DmaFence fence, Errno error) {
    if (error == null) {
      fences.signal(fence);
    } else {
      fences.fail(fence, error);
    }
  }

  /** Takes from the queue what has to be given back, and gives it back, on this thread. */
  void undo(Supplier<Left> taken, Errno why) {
    inside(
        () -> {
          Left left = taken.get();
          left.fences().forEach(fence -> fences.fail(fence, why));
          left.buffers().forEach(ImportedBuffer::release);
        });
  }

  /** Does on the caller's thread what takes or gives back buffers of this driver. */
  void inside(Runnable work) {
    inside.register();
    try {
      work.run();
    } finally {
      inside.arriveAndDeregister();
    }
  }

  /** What callers' threads still do with buffers is this driver's, too: it ends before it. */
  private void awaitNobodyInside() {
    try {
      inside.awaitAdvanceInterruptibly(inside.arrive(), GIVE_BACK_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      LOG.error("Capture device {} ends while buffers are given back", info.name());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  void wake() {
    files.forEach(VideoFile::wake);
  }
}
