package org.dmabuf.video;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;

/** A capture device that a program has open, whose buffers are dma-bufs. */
final class Camera implements AutoCloseable {
  private final FileTable files;
  private final V4l2Client client;
  private FrameLayout layout;

  Camera(VideoDevice device, FileTable files) {
    this.files = files;
    this.client = V4l2Client.open(device, files);
  }

  int descriptor() {
    return client.descriptor();
  }

  void setFormat(VideoFormat format) {
    setFormat(format, 1);
  }

  void setFormat(VideoFormat format, int pitchAlign) {
    layout = client.setLayout(format.format(), format.width(), format.height(), pitchAlign);
  }

  FrameLayout layout() {
    return layout;
  }

  void setRate(int frames, int seconds) {
    client.setRate(frames, seconds);
  }

  void setFencing(QueueFencing mode) {
    client.setFencing(mode);
  }

  void setListener(Runnable told) {
    client.setListener(told);
  }

  int requestBuffers(int count) {
    return client.requestBuffers(MemoryType.DMABUF, count);
  }

  void queue(int index, int fd) {
    client.queue(V4l2Buffer.of(client.type(), MemoryType.DMABUF, index).withDmabuf(fd));
  }

  void streamOn() {
    client.streamOn();
  }

  void streamOff() {
    client.streamOff();
  }

  Optional<CapturedBuffer> dequeue() {
    return client.dequeueFrame();
  }

  /** Waits for a frame; ETIMEDOUT. */
  CapturedBuffer dequeue(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<CapturedBuffer> found = client.dequeueFrame();
    while (found.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new DmaBufException(Errno.ETIMEDOUT, "No frame came within " + timeout);
      }
      files.poll(
          List.of(new PollFd(client.descriptor(), PollEvents.POLLIN)), Duration.ofNanos(left));
      found = client.dequeueFrame();
    }
    return found.get();
  }

  @Override
  public void close() {
    client.close();
  }
}
