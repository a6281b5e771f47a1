package org.dmabuf.video;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.video.node.FrameCounters;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.node.NodeRole;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.VideoNode;
import org.dmabuf.video.node.VideoNodeInfo;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueLimits;
import org.dmabuf.video.queue.QueueMemory;

/**
 * A device that makes frames of frames: a {@link VideoNode} with a queue for what goes in and one
 * for what comes out, for each file that is open. Its driver registers it as {@link VideoDevice}
 * and closes it when it leaves.
 *
 * <pre>
 *   in:  queue -> [ read fence ] \
 *                                 conversion -> fences -> both dequeuable
 *   out: queue -> [ write fence ] /
 * </pre>
 *
 * <p>Frames are laid out as the framework does. Whoever keeps this object, or a file of it, after
 * its end keeps nothing of the driver's bundle. The next device of its name goes on where it was,
 * see {@link VideoNode#close}. Thread-safe. Kernel counterpart: {@code struct v4l2_m2m_dev}.
 */
public final class ConverterDevice implements VideoDevice, AutoCloseable {
  private static final int MOST_BUFFERS = 64;

  private final VideoDeviceInfo info;
  private final DmaDevice dma;
  private final VideoNode node;

  /**
   * Makes a device.
   *
   * @param registry the driver's, to which attachments and fences belong; never null
   * @param info what it is, for both of its sides, never null
   * @param dma what memory it can read and write, never null
   * @param driver the driver, forgotten by {@link #close}; never null
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  public ConverterDevice(
      DmaBufRegistry registry, VideoDeviceInfo info, DmaDevice dma, NodeDriver driver) {
    this.info = Objects.requireNonNull(info, "info");
    this.dma = Objects.requireNonNull(dma, "dma");
    VideoNodeInfo described =
        new VideoNodeInfo(
            info.name(),
            info.driver(),
            NodeRole.CONVERTER,
            VideoNodeInfo.Planes.SINGLE,
            info.formats().stream().map(VideoPixels::of).toList(),
            new SizeRange(info.minSide(), info.maxSide(), info.minSide(), info.maxSide()),
            new QueueLimits(1, 0, MOST_BUFFERS),
            QueueFencing.NONE,
            0,
            VideoNodeInfo.Holding.NONE,
            info.pitchAlign());
    QueueMemory memory = QueueMemory.attached(registry, "videobuf2_dma_sg", dma);
    this.node = new VideoNode(registry, described, memory, driver);
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
          "Converter " + info.name() + " is gone and not negotiated for; its successor is");
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

  /**
   * Takes the device away from its driver: a conversion that is on its way is waited for, the
   * others are cancelled; what is done can still be dequeued. Idempotent.
   */
  @Override
  public void close() {
    node.close();
  }

  @Override
  public String toString() {
    return "converter " + info.name();
  }
}
