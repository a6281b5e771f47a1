package org.dmabuf.video;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.Frame;
import org.dmabuf.video.node.FrameCounters;
import org.dmabuf.video.node.FrameFormat;
import org.dmabuf.video.node.FrameJob;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.node.NodeRole;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.VideoNode;
import org.dmabuf.video.node.VideoNodeInfo;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueLimits;
import org.dmabuf.video.queue.QueueMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture device over sources of frames: a {@link VideoNode} whose driver is a {@link
 * CaptureDriver}, which registers it as {@link VideoDevice} and closes it when it leaves.
 *
 * <pre>
 *   queue of the node -> driver captures -> checksum -> accepted (or a stop came first: cancelled)
 *     -> fence -> source told -> dequeuable
 *
 *   HERE --close()--> GONE   the stream's thread has ended, fences are completed, attachments and
 *                            mappings given back, the driver forgotten
 * </pre>
 *
 * <p>Frames are laid out as the framework does. Whoever keeps this object, or a file of it, after
 * its end keeps nothing of the driver's bundle. The next device of its name goes on where it was,
 * see {@link VideoNode#close}. Thread-safe. Kernel counterpart: {@code struct video_device} with
 * its {@code struct vb2_queue}, {@code video_unregister_device()}.
 */
public final class CaptureDevice implements VideoDevice, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureDevice.class);
  private static final int LEAST_BUFFERS = 2;
  private static final int MOST_BUFFERS = 64;

  private final VideoDeviceInfo info;
  private final DmaDevice dma;
  private final VideoNode node;
  private volatile CaptureDriver driver;

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
    this.info = Objects.requireNonNull(info, "info");
    this.dma = Objects.requireNonNull(dma, "dma");
    this.driver = Objects.requireNonNull(driver, "driver");
    QueueMemory memory = QueueMemory.attached(registry, "videobuf2_dma_sg", dma);
    this.node = new VideoNode(registry, nodeInfo(info), memory, new Sensor());
  }

  private static VideoNodeInfo nodeInfo(VideoDeviceInfo info) {
    return new VideoNodeInfo(
        info.name(),
        info.driver(),
        NodeRole.CAPTURE,
        VideoNodeInfo.Planes.SINGLE,
        info.formats().stream().map(VideoPixels::of).toList(),
        new SizeRange(info.minSide(), info.maxSide(), info.minSide(), info.maxSide()),
        new QueueLimits(LEAST_BUFFERS, 0, MOST_BUFFERS),
        QueueFencing.NONE,
        0,
        VideoNodeInfo.Holding.NONE,
        info.pitchAlign());
  }

  @Override
  public VideoDeviceInfo info() {
    return info;
  }

  @Override
  public String name() {
    return info.name();
  }

  @Override
  public ImporterNeeds needs() {
    if (node.isGone()) {
      throw new DmaBufException(
          Errno.ENODEV,
          "Capture device " + info.name() + " is gone and not negotiated for; its successor is");
    }
    return info.needs(dma);
  }

  @Override
  public int open(FileTable caller, int flags) {
    return node.open(caller, flags);
  }

  /** Returns how many frames it and its predecessors have done, never null. */
  public FrameCounters counters() {
    return node.counters();
  }

  /** Tells that a driver that was not ready may be now. Never blocks; from any thread. */
  public void kick() {
    node.kick();
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
    node.close();
    driver = null;
  }

  @Override
  public String toString() {
    return "capture device " + info.name();
  }

  /** The driver, as the node sees it. */
  private final class Sensor implements NodeDriver, FrameWorker {
    @Override
    public List<ControlInfo> controls() {
      return List.of();
    }

    @Override
    public boolean waits() {
      return true;
    }

    @Override
    public FrameWorker worker(Controls controls) {
      return this;
    }

    @Override
    public void check(FrameFormat asked) {
      CaptureDriver now = driver;
      if (now == null) {
        return; // the node says ENODEV
      }
      VideoFormat format = new VideoFormat(asked.pixels().format(), asked.width(), asked.height());
      try {
        now.check(format);
      } catch (DmaBufException answered) {
        throw answered;
      } catch (RuntimeException | LinkageError failed) {
        LOG.error("The check of {} by driver {} failed: {}", format, info.driver(), failed, failed);
        throw new DmaBufException(
            Errno.EIO, "The check of " + format + " by " + info.writer() + " failed: " + failed);
      }
    }

    @Override
    public Outcome work(FrameJob job) {
      if (!(job instanceof FrameJob.Capture capture)) {
        return Outcome.ERROR;
      }
      Frame frame = capture.target();
      try {
        FrameTarget target =
            new FrameTarget(frame.view(0), frame.format().layout().orElseThrow(), info.writer());
        return outcome(frame, target, CaptureDevice.this.capture(target));
      } catch (RuntimeException | LinkageError failed) {
        // Such as memory that was unmapped under the device: nothing is accepted by then.
        LOG.error("A frame of capture device {} failed: {}", info.name(), failed, failed);
        return broken(frame, Errno.EIO, "a frame failed with " + failed);
      }
    }
  }

  private Capture capture(FrameTarget target) {
    CaptureDriver now = driver;
    if (now == null) {
      return new Capture.NotReady("its end");
    }
    try {
      return Objects.requireNonNull(now.capture(target), "the driver's capture result");
    } catch (RuntimeException | LinkageError failed) {
      // Only the text goes on: the throwable's class may be the driver's.
      LOG.error("Driver {} failed in a capture: {}", info.writer(), failed, failed);
      return new Capture.Broken(Errno.EIO, info.writer() + " failed with " + failed);
    }
  }

  private Outcome outcome(Frame frame, FrameTarget target, Capture result) {
    return switch (result) {
      case Capture.Frame made -> {
        int checksum = FrameChecksum.of(target.view().as(Transfer.VERIFIED), target.layout());
        frame.note(
            new FrameNote(made.index(), checksum, Optional.empty(), ""),
            () -> made.delivered().accept(made.index()));
        yield Outcome.DONE;
      }
      case Capture.Failed failed -> {
        frame.note(
            new FrameNote(failed.index(), 0, Optional.of(failed.error()), failed.message()),
            () -> failed.delivered().accept(failed.index()));
        yield Outcome.ERROR;
      }
      case Capture.End end -> Outcome.LAST;
      case Capture.Broken broken -> broken(frame, broken.error(), broken.message());
      case Capture.NotReady nothing -> {
        LOG.info("Capture device {} waits for {}", info.name(), nothing.waitsFor());
        yield Outcome.NOT_YET;
      }
      case Capture.Interrupted again -> {
        LOG.debug("Capture device {} was interrupted", info.name());
        node.kick();
        yield Outcome.NOT_YET;
      }
    };
  }

  private static Outcome broken(Frame frame, Errno error, String message) {
    frame.note(new FrameNote(-1, 0, Optional.of(error), message), () -> {});
    return Outcome.ERROR_LAST;
  }
}
