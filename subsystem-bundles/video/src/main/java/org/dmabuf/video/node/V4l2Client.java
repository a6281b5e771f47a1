package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.format.Fourcc;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.PlaneStatus;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.VideoQueue;

/**
 * One queue of an open video device for Java code: {@link V4l2Ioctl} with types instead of numbers,
 * and waits with a limit.
 *
 * <pre>
 *   try (V4l2Client camera = V4l2Client.open(node, registry.files())) {
 *     camera.setFormat(VideoPixels.NV12, 640, 480);
 *     camera.requestBuffers(MemoryType.DMABUF, 4);
 *     camera.queue(camera.buffer(0).withDmabuf(fd));
 *     camera.streamOn();
 *     Optional&lt;BufferStatus&gt; frame = camera.dequeue(Duration.ofSeconds(1));
 *   }
 * </pre>
 *
 * <p>A device that converts has two queues: {@link #other} gives the second one of the same file.
 * Thread-safe. Closing it gives up what the file owns. Kernel counterpart: the file descriptor of
 * {@code /dev/videoN}.
 */
public final class V4l2Client implements AutoCloseable {
  private final FileTable files;
  private final int device;
  private final QueueType type;
  private MemoryType memory = MemoryType.MMAP; // guarded by this

  private V4l2Client(FileTable files, int device, QueueType type) {
    this.files = files;
    this.device = device;
    this.type = type;
  }

  /**
   * Opens a device, without waiting in its calls but {@link #dequeue}.
   *
   * @param node the device, never null
   * @param files the table that gets its descriptor, with close on exec, never null
   * @return its queue; of a device that converts, that of what goes in
   * @throws DmaBufException as {@link DeviceNode#open}; ENOTTY when it is no video device
   */
  public static V4l2Client open(DeviceNode node, FileTable files) {
    Objects.requireNonNull(files, "files");
    int device = node.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK);
    try {
      List<QueueType> types = V4l2FormatIoctl.capabilities(files, device).queues();
      return new V4l2Client(files, device, types.getFirst());
    } catch (DmaBufException none) {
      files.close(device);
      throw none;
    }
  }

  /**
   * Returns the other queue of a device that converts, of the same open file; closing either closes
   * both.
   *
   * @throws DmaBufException EINVAL when there is none
   */
  public V4l2Client other() {
    return V4l2FormatIoctl.capabilities(files, device).queues().stream()
        .filter(each -> each != type)
        .findFirst()
        .map(each -> new V4l2Client(files, device, each))
        .orElseThrow(
            () -> new DmaBufException(Errno.EINVAL, "This video device has one queue, " + type));
  }

  /** Returns the device's descriptor, for {@link V4l2Ioctl}. */
  public int descriptor() {
    return device;
  }

  /** Returns which queue it is, never null. */
  public QueueType type() {
    return type;
  }

  /** Returns the format that is set, never null. */
  public V4l2Format format() {
    return V4l2FormatIoctl.get(files, device, type.number());
  }

  /**
   * Sets the format and the nearest size that there is.
   *
   * @return what is set, never null; the first format when the device does not have that one
   * @throws DmaBufException EBUSY while there are buffers; ENODEV
   */
  public V4l2Format setFormat(VideoPixels pixels, int width, int height) {
    return V4l2FormatIoctl.set(files, device, type.number(), width, height, pixels.fourcc());
  }

  /**
   * Sets exactly a format, laid out as the framework does.
   *
   * @param wanted never null
   * @param width pixels
   * @param height rows
   * @param pitchAlign what every pitch is a multiple of besides what the device needs, in bytes: a
   *     power of two
   * @return where the planes of a frame lie from now on, never null
   * @throws DmaBufException EINVAL when the device, or its source, has no such frames; EBUSY while
   *     there are buffers; ENODEV
   */
  public FrameLayout setLayout(PixelFormat wanted, int width, int height, int pitchAlign) {
    int align = V4l2FormatIoctl.setPitchAlign(files, device, type.number(), pitchAlign);
    V4l2Format set = setFormat(VideoPixels.of(wanted), width, height);
    boolean same =
        set.fourcc() == VideoPixels.of(wanted).fourcc()
            && set.width() == width
            && set.height() == height;
    if (!same) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A video device was asked for %s %dx%d, and the nearest it has is %s %dx%d"
              .formatted(
                  wanted, width, height, Fourcc.text(set.fourcc()), set.width(), set.height()));
    }
    return FrameLayout.of(wanted, width, height, align);
  }

  /**
   * Sets the rate, which a device that converts does not have.
   *
   * @param frames in so many seconds; 0 for as fast as possible
   * @throws DmaBufException EBUSY while streaming; ENOTTY
   */
  public void setRate(int frames, int seconds) {
    V4l2FormatIoctl.setRate(files, device, type.number(), frames, seconds);
  }

  /**
   * Sets whom to tell that there may be something to dequeue from any queue of the file, or an end
   * of that.
   *
   * @param told called on the device's thread, or that of who ends it, with no lock held; must be
   *     short; null for nobody
   */
  public void setListener(Runnable told) {
    OpenFile file;
    try {
      file = files.get(device);
    } catch (DmaBufException closed) {
      return; // nothing is told of a file that is closed
    }
    try {
      ((NodeFile) file).setListener(told);
    } finally {
      file.put();
    }
  }

  /**
   * Frees the buffers and makes others.
   *
   * @return how many there are
   * @throws DmaBufException as {@link VideoQueue#requestBuffers}
   */
  public synchronized int requestBuffers(MemoryType kind, int count) {
    int made = V4l2Ioctl.requestBuffers(files, device, type.number(), kind.number(), count);
    memory = kind;
    return made;
  }

  /** Sets how the queue fences; as {@link VideoQueue#setFencing}. */
  public void setFencing(QueueFencing mode) {
    V4l2Ioctl.setFencing(files, device, type.number(), mode);
  }

  /** Begins to say something of a buffer, of the kind of memory that was requested; never null. */
  public synchronized V4l2Buffer buffer(int index) {
    return V4l2Buffer.of(type, memory, index)
        .withPlanes(Collections.nCopies(format().sizes().size(), V4l2Buffer.Plane.NONE));
  }

  /** Tells what a buffer is; as {@link VideoQueue#query}. */
  public BufferStatus query(int index) {
    return V4l2Ioctl.query(files, device, type.number(), index);
  }

  /** Maps a plane of an MMAP buffer for loads and stores, all of it. */
  public CpuMapping mmap(int index, int plane) {
    PlaneStatus status = query(index).planes().get(plane);
    return files.mmap(
        device,
        status.length(),
        status.offset(),
        MmapFlags.PROT_READ | MmapFlags.PROT_WRITE,
        MmapFlags.MAP_SHARED);
  }

  /** Makes a dma-buf of a plane of an MMAP buffer, open for reading and writing, close on exec. */
  public int export(int index, int plane) {
    int flags = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
    return V4l2Ioctl.export(files, device, type.number(), index, plane, flags);
  }

  /**
   * Gives a buffer to the device.
   *
   * @return the sync file for when it is done, when one was wanted
   * @throws DmaBufException as {@link VideoQueue#queue}
   */
  public OptionalInt queue(V4l2Buffer buffer) {
    return V4l2Ioctl.queue(files, device, buffer);
  }

  /** As {@link #queue(V4l2Buffer)}, with memory of the program; see {@link V4l2Ioctl#queue}. */
  public OptionalInt queue(V4l2Buffer buffer, MemorySegment user) {
    return V4l2Ioctl.queue(files, device, buffer, user);
  }

  /**
   * Takes a finished buffer back, waiting for one.
   *
   * @param timeout how long on the product's clock; zero looks only; never null
   * @return empty when none came in time
   * @throws DmaBufException as {@link VideoQueue#dequeue} but EAGAIN; EINTR
   */
  public Optional<BufferStatus> dequeue(Duration timeout) {
    PollFd asked = new PollFd(device, type.isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN);
    files.poll(List.of(asked), timeout);
    try {
      return Optional.of(V4l2Ioctl.dequeue(files, device, type.number(), 0));
    } catch (DmaBufException none) {
      if (none.errno() == Errno.EAGAIN) {
        return Optional.empty();
      }
      throw none;
    }
  }

  /**
   * Takes a finished buffer back with what the device knows of its frame, without waiting.
   *
   * @return empty when there is none yet
   * @throws DmaBufException as {@link VideoQueue#dequeueFrame} but EAGAIN
   */
  public Optional<CapturedBuffer> dequeueFrame() {
    try {
      return Optional.of(V4l2Ioctl.dequeueFrame(files, device, type.number()));
    } catch (DmaBufException none) {
      if (none.errno() == Errno.EAGAIN) {
        return Optional.empty();
      }
      throw none;
    }
  }

  /** Begins the stream; as {@link VideoQueue#streamOn}. */
  public void streamOn() {
    V4l2Ioctl.streamOn(files, device, type.number());
  }

  /** Ends the stream; as {@link VideoQueue#streamOff}. */
  public void streamOff() {
    V4l2Ioctl.streamOff(files, device, type.number());
  }

  /** Closes the device. Idempotent. */
  @Override
  public void close() {
    try {
      files.close(device);
    } catch (DmaBufException done) {
      // Closed before, or with the table.
      return;
    }
  }
}
