package org.dmabuf.pipeline.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;

/**
 * The capture device that the pipeline has open, and which frames it has been asked for.
 *
 * <pre>
 *   OPEN --stream--> STREAMING --source ends--> ENDED
 *                              --driver goes--> GONE
 * </pre>
 *
 * <p>Used by the pipeline's thread only.
 */
final class CaptureStage implements AutoCloseable {
  enum State {
    OPEN,
    STREAMING,
    ENDED,
    GONE
  }

  private final VideoDevice device;
  private final String name;
  private final V4l2Client file;
  private final PixelFormat format;
  private final int width;
  private final int height;
  private FrameLayout layout;
  private final Map<Integer, Ticket> queued = new HashMap<>();
  private State state = State.OPEN;

  /**
   * Opens a device.
   *
   * @param pitchAlign what every pitch is a multiple of besides what this device needs
   */
  CaptureStage(
      VideoDevice device, Settings settings, FileTable files, int pitchAlign, Runnable wake) {
    this.device = device;
    this.name = device.info().name();
    this.format = settings.format();
    this.width = settings.width();
    this.height = settings.height();
    this.file = V4l2Client.open(device, files);
    try {
      align(pitchAlign);
      file.setRate(settings.rate().numerator(), settings.rate().denominator());
      file.setFencing(settings.fenced() ? QueueFencing.IMPLICIT : QueueFencing.NONE);
      file.setListener(wake);
    } catch (RuntimeException refused) {
      file.close();
      throw refused;
    }
  }

  /** Sets longer rows where others need them; there may be no buffers. */
  private void align(int pitchAlign) {
    layout = file.setLayout(format, width, height, pitchAlign);
  }

  boolean isOf(VideoDevice other) {
    return device == other;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  FrameLayout layout() {
    return layout;
  }

  int pending() {
    return queued.size();
  }

  /**
   * Makes room for the pipeline's buffers, unless the device has gone, and has frames laid out as
   * they are; nothing is queued yet.
   */
  void use(Buffers buffers) {
    request(
        () -> {
          if (!layout.equals(buffers.layout())) {
            align(buffers.pitchAlign());
          }
          file.requestBuffers(MemoryType.DMABUF, buffers.count());
        });
  }

  /** Gives the pipeline's buffers back, unless the device has gone; nothing is queued any more. */
  void free() {
    request(() -> {});
  }

  private void request(Runnable others) {
    unlessGone(
        () -> {
          file.streamOff();
          file.requestBuffers(MemoryType.DMABUF, 0);
          others.run();
          state = State.OPEN;
        });
  }

  /** Asks for a frame; false when the device has gone. */
  boolean queue(Ticket ticket) {
    Slot slot = ticket.slot();
    try {
      file.queue(V4l2Buffer.of(file.type(), MemoryType.DMABUF, slot.index()).withDmabuf(slot.fd()));
      queued.put(slot.index(), ticket);
      if (state == State.OPEN) {
        begin(slot);
      }
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      return false;
    }
  }

  /** Starts with the first buffer, or takes that back. */
  private void begin(Slot first) {
    try {
      file.streamOn();
      state = State.STREAMING;
    } catch (DmaBufException refused) {
      queued.remove(first.index());
      unlessGone(file::streamOff);
      throw refused;
    }
  }

  /** Takes one buffer back; empty when there is none, and when the device has gone or ended. */
  Optional<CapturedBuffer> next() {
    if (state != State.STREAMING) {
      return Optional.empty();
    }
    try {
      return file.dequeueFrame();
    } catch (DmaBufException over) {
      state = over.errno() == Errno.ENODEV ? State.GONE : State.ENDED;
      return Optional.empty();
    }
  }

  Ticket taken(CapturedBuffer buffer) {
    return queued.remove(buffer.index());
  }

  /** What was asked for and will not come is canceled. */
  void abandon() {
    queued.values().forEach(ticket -> ticket.notCaptured(Ticket.Capture.CANCELED));
    queued.clear();
  }

  /** Stops at the source's end; what is still queued comes back unwritten. */
  void end() {
    state = State.ENDED;
    unlessGone(file::streamOff);
    abandon();
  }

  /** The bytes of a frame without padding, as the display counts them, too. */
  long sampleBytes() {
    return layout.planes().stream()
        .mapToLong(plane -> (long) plane.rowBytes() * plane.rows())
        .sum();
  }

  /** A driver may leave between any two calls; that is found here as well as by its events. */
  private void unlessGone(Runnable step) {
    try {
      step.run();
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      state = State.GONE;
    }
  }

  @Override
  public void close() {
    file.setListener(null);
    file.close();
    state = State.GONE;
  }
}
