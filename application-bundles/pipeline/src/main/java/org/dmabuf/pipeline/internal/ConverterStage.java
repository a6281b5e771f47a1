package org.dmabuf.pipeline.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;

/**
 * The converter that the pipeline has open: captured buffers go in, buffers for the display come
 * out.
 *
 * <pre>
 *   OPEN --use--> STREAMING --driver goes--> GONE
 *
 *   captured [slot] --in--> converter --out--> [target] for the display
 * </pre>
 *
 * <p>A frame is converted when its target has come out; what a driver that leaves has not handed
 * out is converted by its successor, from the captured buffer, which stays as it is until then.
 * Used by the pipeline's thread only.
 */
final class ConverterStage implements AutoCloseable {
  enum State {
    OPEN,
    STREAMING,
    GONE
  }

  private final VideoDevice device;
  private final String name;
  private final Runnable wake;
  private final V4l2Client in;
  private final V4l2Client out;
  // By the index of their targets.
  private final Map<Integer, Ticket> queued = new HashMap<>();
  private State state = State.OPEN;

  ConverterStage(VideoDevice device, Settings settings, FileTable files, Runnable wake) {
    this.device = device;
    this.name = device.info().name();
    this.wake = wake;
    this.in = V4l2Client.open(device, files);
    try {
      this.out = in.other();
      QueueFencing fencing = settings.fenced() ? QueueFencing.IMPLICIT : QueueFencing.NONE;
      in.setFencing(fencing);
      out.setFencing(fencing);
      in.setListener(wake);
    } catch (RuntimeException refused) {
      in.close();
      throw refused;
    }
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

  int pending() {
    return queued.size();
  }

  /** Whether it has room for the pipeline's buffers. */
  boolean isReady() {
    return state == State.STREAMING;
  }

  /** Makes room for the pipeline's buffers, unless the device has gone; nothing is queued yet. */
  void use(Buffers sources, Buffers targets) {
    free();
    unlessGone(
        () -> {
          begin(in, sources);
          begin(out, targets);
          state = State.STREAMING;
        });
  }

  private static void begin(V4l2Client queue, Buffers buffers) {
    FrameLayout wanted = buffers.layout();
    FrameLayout layout =
        queue.setLayout(wanted.format(), wanted.width(), wanted.height(), buffers.pitchAlign());
    if (!layout.equals(wanted)) {
      throw new DmaBufException(
          Errno.EINVAL, "A converter lays frames out as " + layout + ", and they are " + wanted);
    }
    queue.requestBuffers(MemoryType.DMABUF, buffers.count());
    queue.streamOn();
  }

  /** Gives the pipeline's buffers back, unless the device has gone; nothing is queued any more. */
  void free() {
    unlessGone(
        () -> {
          for (V4l2Client queue : new V4l2Client[] {in, out}) {
            queue.streamOff();
            queue.requestBuffers(MemoryType.DMABUF, 0);
          }
          state = State.OPEN;
        });
  }

  /** Asks for a captured frame in another buffer; false when the device has gone. */
  boolean convert(Ticket ticket, Slot target, long frameBytes) {
    Slot source = ticket.slot();
    try {
      out.queue(
          V4l2Buffer.of(out.type(), MemoryType.DMABUF, target.index()).withDmabuf(target.fd()));
      in.queue(
          V4l2Buffer.of(in.type(), MemoryType.DMABUF, source.index())
              .withDmabuf(source.fd())
              .withBytesUsed(frameBytes));
      ticket.converting(target);
      queued.put(target.index(), ticket);
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV && !Refusals.passes(refused)) {
        throw refused;
      }
      // Who refuses for now is opened anew, as one of both may be queued; so is one whose bundle
      // leaves, which takes no more buffers before its device has gone: what is queued is
      // taken back by closing it. An exporter that is gone says so, too, and then nothing moves.
      state = State.GONE;
      wake.run();
      return false;
    }
  }

  /** Takes one buffer that came out; empty when there is none, and when the device has gone. */
  Optional<CapturedBuffer> next() {
    if (state != State.STREAMING) {
      return Optional.empty();
    }
    try {
      Optional<CapturedBuffer> made = out.dequeueFrame();
      if (made.isPresent()) {
        takeSources();
      }
      return made;
    } catch (DmaBufException over) {
      state = State.GONE;
      return Optional.empty();
    }
  }

  /** What went in is done before what comes out of it; a driver that has gone took it along. */
  private void takeSources() {
    try {
      Optional<CapturedBuffer> read = in.dequeueFrame();
      while (read.isPresent()) {
        read = in.dequeueFrame();
      }
    } catch (DmaBufException gone) {
      if (gone.errno() != Errno.ENODEV) {
        throw gone;
      }
    }
  }

  Ticket taken(CapturedBuffer buffer) {
    return queued.remove(buffer.index());
  }

  /** What was asked for and will not come is for the next converter. */
  void abandon() {
    queued.values().forEach(Ticket::notConverted);
    queued.clear();
  }

  /** A driver may leave between any two calls; that is found here as well as by its events. */
  private void unlessGone(Runnable step) {
    if (state == State.GONE) {
      return;
    }
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
    in.setListener(null);
    in.close();
    state = State.GONE;
  }
}
