package org.dmabuf.video;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.format.FrameLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture device that a program has opened.
 *
 * <pre>
 *   setFormat -> requestBuffers -> queue ... -> streamOn -> [ dequeue -> queue ] ... -> streamOff
 *             -> requestBuffers(0) -> close
 *
 *   OPEN --close(), or its table is closed--> CLOSED (EBADF)
 *     \--the driver leaves--> gone (ENODEV; what is DONE can be dequeued first)
 * </pre>
 *
 * <p>It has a descriptor in the table of who opened it, and ends with that table. Thread-safe. No
 * method may be called with the reservation of one of its buffers held. Kernel counterpart: {@code
 * struct v4l2_fh}; methods name their ioctls.
 */
public final class VideoFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VideoFile.class);
  private static final long NANOS = 1_000_000_000L;

  /** What the table of descriptors has. */
  private static final class Descriptor extends OpenFile {
    private final VideoFile file;

    Descriptor(VideoFile file) {
      this.file = file;
    }

    @Override
    public String describe() {
      return "capture device " + file.device.info().name();
    }

    @Override
    protected void released() {
      file.closed();
    }
  }

  private final CaptureDevice device;
  private final BufferQueue queue;
  private final FileTable table;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Runnable listener;
  private int fd;

  private VideoFile(CaptureDevice device, BufferQueue queue, FileTable table) {
    this.device = device;
    this.queue = queue;
    this.table = table;
  }

  static VideoFile open(CaptureDevice device, BufferQueue queue, FileTable table) {
    VideoFile file = new VideoFile(device, queue, table);
    file.fd = table.install(new Descriptor(file), true);
    return file;
  }

  /** Returns what the device is and can do, never null; also when it is gone. */
  public VideoDeviceInfo info() {
    return device.info();
  }

  /**
   * Sets the format (VIDIOC_S_FMT). It stays for all who open the device.
   *
   * @param asked the format, never null
   * @return the format that is set now, which is the one asked for; its layout is {@link #layout}
   * @throws DmaBufException EBUSY while there are buffers; EINVAL for a format or a size that the
   *     device or its source does not have; ENODEV when the device is gone; EBADF when closed
   */
  public VideoFormat setFormat(VideoFormat asked) {
    return setFormat(asked, 1);
  }

  /**
   * As {@link #setFormat(VideoFormat)}, with longer rows where others need them ({@code
   * bytesperline}).
   *
   * @param pitchAlign what every pitch is a multiple of besides what the device needs, in bytes: a
   *     power of two
   * @throws DmaBufException as there, and EINVAL for another alignment
   */
  public VideoFormat setFormat(VideoFormat asked, int pitchAlign) {
    checkOpen();
    queue.checkFormatFree();
    VideoDeviceInfo info = device.info();
    boolean fits =
        asked.width() >= info.minSide()
            && asked.width() <= info.maxSide()
            && asked.height() >= info.minSide()
            && asked.height() <= info.maxSide();
    if (!info.formats().contains(asked.format()) || !fits) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Capture device %s was asked for %s; it has %s from %dx%d to %dx%d"
              .formatted(
                  info.name(),
                  asked,
                  info.formats(),
                  info.minSide(),
                  info.minSide(),
                  info.maxSide(),
                  info.maxSide()));
    }
    device.check(asked);
    // Of two powers of two the greater one is a multiple of both.
    queue.setLayout(asked.layout(Math.max(info.pitchAlign(), pitchAlign)));
    return asked;
  }

  /**
   * Returns how frames lie in a buffer: bytes per line and size of the image (VIDIOC_G_FMT).
   *
   * @throws DmaBufException EINVAL when no format is set yet
   */
  public FrameLayout layout() {
    return queue.layout();
  }

  /**
   * Sets the rate (VIDIOC_S_PARM), also while streaming. Missed periods are not made up for.
   *
   * @param numerator frames, 1 or more; or 0, with 0, for as fast as possible
   * @param denominator in so many seconds, 1 or more; or 0
   * @throws DmaBufException EINVAL for other numbers, or more than a frame each nanosecond; EBADF
   *     when closed
   */
  public void setRate(int numerator, int denominator) {
    checkOpen();
    boolean free = numerator == 0 && denominator == 0;
    if (!free && (numerator < 1 || denominator < 1 || denominator * NANOS < numerator)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Capture device %s was asked for %d frames in %d seconds; 1 or more in 1 or more would"
                  .formatted(device.info().name(), numerator, denominator)
              + " work, or 0 in 0 for as fast as possible");
    }
    device.setPeriod(free ? 0 : denominator * NANOS / numerator);
  }

  /**
   * Requests buffers for dma-bufs (VIDIOC_REQBUFS with V4L2_MEMORY_DMABUF); those there were are
   * freed, which detaches the device. The file owns the queue while there are buffers.
   *
   * @param count how many; below 2 becomes 2 and above 64 becomes 64; 0 frees
   * @return how many there are now
   * @throws DmaBufException EBUSY while streaming, or when another file has the buffers; EINVAL for
   *     a negative count or before a format is set; ENODEV when the device is gone; EBADF when
   *     closed
   */
  public int requestBuffers(int count) {
    checkOpen();
    device.undo(() -> queue.request(this, count), Errno.ECANCELED);
    return BufferQueue.granted(count);
  }

  /**
   * Sets how the queue fences.
   *
   * @param mode never null; {@link Fencing#NONE} until set
   * @throws DmaBufException EBUSY while streaming, or when another file has the buffers; EBADF when
   *     closed
   */
  public void setFencing(Fencing mode) {
    checkOpen();
    queue.setFencing(this, Objects.requireNonNull(mode, "mode"));
  }

  /**
   * Gives a buffer to the device (VIDIOC_QBUF). It is attached and mapped when it was not at this
   * index last time; then it replaces the one that was. Frames are captured in the order of these
   * calls.
   *
   * <p>With {@link Fencing#IMPLICIT} the buffer's reservation has a write fence on return. It
   * completes when the frame is accepted; with the frame's error when that failed; with EPIPE when
   * the stream ended before; with ECANCELED when the stream was switched off, the buffers were
   * freed, or the driver left.
   *
   * @param index the buffer's index, 0 or more
   * @param bufferFd a dma-buf in the table that this file was opened for; it may be closed after
   * @throws DmaBufException EINVAL for no such index, one that is not dequeued, a descriptor that
   *     is no dma-buf, a buffer that is too small, or no buffers; EFAULT when it is scattered and
   *     the device needs it in one run; EPIPE when the stream has ended; EBUSY when another file
   *     has the buffers; ENODEV when the device is gone; EBADF when closed; the exporter's errors.
   *     After a failure the index holds no buffer, unless it was not dequeued
   */
  public void queue(int index, int bufferFd) {
    checkOpen();
    device.inside(() -> take(index, bufferFd));
  }

  private void take(int index, int bufferFd) {
    Slot slot = queue.prepare(this, index);
    boolean queued = false;
    try {
      boolean fenced = queue.fencing() == Fencing.IMPLICIT;
      ImportedBuffer.into(slot, device, queue.layout(), table, bufferFd, fenced);
      if (fenced) {
        ImportedBuffer.Fenced added = slot.imported.addWriteFence(device.fences());
        slot.fence = added.fence();
        slot.before = added.before();
      }
      queue.queued(slot);
      queued = true;
    } catch (DmaBufException failed) {
      if (queue.isLeaving() && failed.errno() != Errno.ENODEV) {
        throw new DmaBufException(
            Errno.ENODEV, "Capture device " + device.info().name() + " went: " + failed);
      }
      throw failed;
    } finally {
      if (!queued) {
        device.undo(() -> queue.notQueued(slot), Errno.ECANCELED);
      }
    }
  }

  /**
   * Takes a finished buffer back (VIDIOC_DQBUF with O_NONBLOCK), in the order of queuing.
   *
   * @return the buffer; empty when none is finished yet (EAGAIN)
   * @throws DmaBufException EINVAL when the device does not stream; EPIPE after the end of the
   *     stream; ENODEV when the device is gone; EBUSY when another file has the buffers; EBADF when
   *     closed
   */
  public Optional<CapturedBuffer> dequeue() {
    checkOpen();
    return queue.poll(this);
  }

  /**
   * Takes a finished buffer back, waiting for one (VIDIOC_DQBUF).
   *
   * @param timeout how long on the product's clock, 0 or more; never null
   * @return the buffer, never null
   * @throws DmaBufException ETIMEDOUT; EINTR when the thread is interrupted (its flag stays set);
   *     EINVAL, also when the stream is switched off meanwhile, or for a negative timeout; else as
   *     {@link #dequeue()}
   */
  public CapturedBuffer dequeue(Duration timeout) {
    checkOpen();
    if (timeout.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for a frame of " + timeout + "; it must be 0 or more");
    }
    DmaClock clock = device.clock();
    long deadline =
        clock.nanos() + Math.min(timeout.toSeconds(), 1L << 30) * NANOS + timeout.toNanosPart();
    DmaClock.Timer timer = clock.schedule(deadline, queue::ring);
    try {
      return queue
          .poll(this, deadline)
          .orElseThrow(
              () ->
                  new DmaBufException(
                      Errno.ETIMEDOUT,
                      "Capture device %s finished no buffer within %s"
                          .formatted(device.info().name(), timeout)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DmaBufException(
          Errno.EINTR, "Interrupted in a wait for a frame of " + device.info().name());
    } finally {
      timer.cancel();
    }
  }

  /**
   * Starts the stream (VIDIOC_STREAMON), with sequence number 0; nothing when it is on.
   *
   * @throws DmaBufException EINVAL without buffers; EBUSY when another file has them, or while a
   *     stream off is on its way; ENODEV when the device is gone; EBADF when closed
   */
  public void streamOn() {
    checkOpen();
    queue.start(this, device.newStream());
  }

  /**
   * Stops the stream (VIDIOC_STREAMOFF): the frame that is being captured is not accepted, and all
   * buffers are the program's, those that were done included. They stay attached. Returns when the
   * device writes no more: it waits half a second for the frame, then interrupts its source.
   * Nothing when it is off.
   *
   * @throws DmaBufException EBUSY when another file has the buffers; EBADF when closed
   */
  public void streamOff() {
    checkOpen();
    stop();
  }

  /**
   * Sets whom to tell that {@link #dequeue()} may have something new: a buffer, the end, or the
   * device's leaving (poll).
   *
   * @param wake called on the device's thread, or that of who closes the device, with no lock held;
   *     must be short; null removes
   */
  public void setListener(Runnable wake) {
    listener = wake;
    if (closed.get()) {
      listener = null;
    }
  }

  /**
   * Closes the file: stops its stream, detaches its buffers and gives up the queue. Idempotent;
   * throws nothing, also when the device is gone.
   */
  @Override
  public void close() {
    if (closed.get()) {
      return;
    }
    try {
      table.close(fd);
    } catch (DmaBufException before) {
      LOG.debug("Closing capture device {}: {}", device.info().name(), before.getMessage());
    }
  }

  void wake() {
    Runnable now = listener;
    if (now == null) {
      return;
    }
    try {
      now.run();
    } catch (RuntimeException | LinkageError failed) {
      LOG.warn(
          "A listener of capture device {} failed: {}", device.info().name(), failed.toString());
    }
  }

  private void closed() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    listener = null;
    device.forget(this);
    try {
      stop();
    } catch (DmaBufException notOurs) {
      LOG.debug("{}", notOurs.getMessage());
    }
    device.undo(() -> queue.free(this), Errno.ECANCELED);
  }

  private void stop() {
    queue.stop(this).ifPresent(CaptureStream::awaitEnd);
    device.undo(() -> queue.stopped(this), Errno.ECANCELED);
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new DmaBufException(
          Errno.EBADF,
          "A file of capture device " + device.info().name() + " is closed; open another");
    }
  }
}
