package org.dmabuf.benchmarks;

import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.video.queue.DeviceSide;
import org.dmabuf.video.queue.FrameResult;
import org.dmabuf.video.queue.QueueWork;
import org.dmabuf.video.queue.VideoBuffer;

/**
 * A camera that writes one cache line of each frame, when it is told to. Used by one thread at a
 * time, but for {@link #ready}.
 */
final class NullCamera implements QueueWork {
  /** Bytes of a cache line. */
  static final int LINE = 64;

  private final DeviceSide queue;
  private final FrameResult done;
  private final Runnable bell;
  private final byte[] line = new byte[LINE];

  /**
   * Makes one.
   *
   * @param bytes of a frame
   * @param bell told when there may be a buffer
   */
  NullCamera(DeviceSide queue, long bytes, Runnable bell) {
    this.queue = queue;
    this.done = new FrameResult(FrameResult.Outcome.DONE, List.of(bytes));
    this.bell = bell;
  }

  @Override
  public void start() {
    bell.run();
  }

  @Override
  public void ready() {
    bell.run();
  }

  @Override
  public void stop() {
    // Its frames take no time.
  }

  /** Does the next frame; false when there is no buffer for it. */
  boolean step() {
    Optional<VideoBuffer> next = queue.activate();
    if (next.isEmpty()) {
      return false;
    }
    VideoBuffer buffer = next.get();
    for (DmaFence before : buffer.before()) {
      before.await();
    }
    line[0]++;
    buffer.view(0).write(0, line, 0, LINE);
    if (!queue.finish(buffer, done)) {
      throw new DmaBufException(Errno.EIO, "The camera's frame was not taken; its stream is off");
    }
    return true;
  }
}
