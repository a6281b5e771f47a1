package org.dmabuf.video;

import java.util.Optional;
import java.util.function.LongConsumer;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.Transfer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done with a buffer that the driver has finished, in this order:
 *
 * <pre>
 *   checksum -> accepted --------> fence completed -> source told -> dequeuable -> listeners told
 *                  |
 *                  +-- a stop came first: false, nothing is done
 * </pre>
 *
 * <p>Every method returns whether the buffer was accepted. Runs on the stream's thread, with no
 * lock held. Kernel counterpart: {@code vb2_buffer_done()}.
 */
final class Completion {
  private static final Logger LOG = LoggerFactory.getLogger(Completion.class);

  private final CaptureDevice device;
  private final BufferQueue queue;
  private final CaptureStream stream;

  Completion(CaptureDevice device, BufferQueue queue, CaptureStream stream) {
    this.device = device;
    this.queue = queue;
    this.stream = stream;
  }

  /** A frame is in the buffer. */
  boolean frame(Slot slot, Capture.Frame frame) {
    FrameTarget target = slot.imported.target();
    int checksum = FrameChecksum.of(target.view().as(Transfer.VERIFIED), target.layout());
    long sequence = queue.accept(stream, slot, BufferState.DONE);
    if (sequence < 0) {
      return false;
    }
    CapturedBuffer result =
        new CapturedBuffer(
            slot.index,
            CapturedBuffer.Status.DONE,
            Optional.empty(),
            "",
            sequence,
            complete(slot, null),
            target.layout().size(),
            checksum,
            frame.index());
    tell(frame.delivered(), frame.index());
    publish(slot, result);
    return true;
  }

  /** This frame failed. */
  boolean failed(Slot slot, Capture.Failed failed) {
    long sequence = queue.accept(stream, slot, BufferState.ERROR);
    if (sequence < 0) {
      return false;
    }
    long timestamp = complete(slot, failed.error());
    Optional<Errno> error = Optional.of(failed.error());
    tell(failed.delivered(), failed.index());
    publish(slot, none(slot, error, failed.message(), sequence, timestamp, failed.index()));
    return true;
  }

  /** The source has come to its end. */
  boolean ended(Slot slot) {
    return ended(slot, Optional.empty(), "has come to the end of its source");
  }

  /** The stream cannot go on. */
  boolean broken(Slot slot, Capture.Broken broken) {
    return ended(slot, Optional.of(broken.error()), broken.message());
  }

  /** Nothing more will come: the fences of all that is queued fail with EPIPE. */
  private boolean ended(Slot slot, Optional<Errno> error, String sentence) {
    long sequence = queue.accept(stream, slot, BufferState.ERROR);
    if (sequence < 0) {
      return false;
    }
    long timestamp = complete(slot, Errno.EPIPE);
    String message = error.isPresent() ? sentence : "";
    CapturedBuffer result = none(slot, error, message, sequence, timestamp, -1);
    String later = error.isPresent() ? "cannot go on: " + sentence : sentence;
    device.undo(() -> queue.publishEnd(stream, slot, result, later), Errno.EPIPE);
    device.wake();
    return true;
  }

  private static CapturedBuffer none(
      Slot slot,
      Optional<Errno> error,
      String message,
      long sequence,
      long timestamp,
      long sourceIndex) {
    CapturedBuffer.Status status =
        error.isPresent() ? CapturedBuffer.Status.ERROR : CapturedBuffer.Status.LAST;
    return new CapturedBuffer(
        slot.index, status, error, message, sequence, timestamp, 0, 0, sourceIndex);
  }

  /** Completes the slot's fence; returns when that was. */
  private long complete(Slot slot, Errno error) {
    DmaFence fence = queue.takeFence(slot);
    if (fence == null) {
      return device.clock().nanos();
    }
    device.complete(fence, error);
    return fence.timestamp();
  }

  private void tell(LongConsumer delivered, long index) {
    try {
      delivered.accept(index);
    } catch (RuntimeException | LinkageError failure) {
      LOG.warn(
          "The source of capture device {} did not take back frame {}: {}",
          device.info().name(),
          index,
          failure.toString());
    }
  }

  private void publish(Slot slot, CapturedBuffer result) {
    queue.publish(stream, slot, result);
    device.wake();
  }
}
