package org.dmabuf.video.node;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.PlaneStatus;

/**
 * A buffer that a capture device hands back, with what it knows of its frame.
 *
 * <p>Kernel counterpart: {@code struct v4l2_buffer} after {@code VIDIOC_DQBUF}.
 *
 * @param index the buffer's index, 0 or more
 * @param status what became of it, never null
 * @param error why it has no frame; empty when there is one, and at the regular end; never null
 * @param message a sentence to {@code error}; empty when there is none; never null
 * @param sequence which frame of the stream this is, from 0; failed ones count
 * @param timestampNanos when it was complete, on the product's clock, in ns
 * @param bytesUsed the bytes of the frame, padding included; 0 without a frame
 * @param checksum {@link org.dmabuf.memory.FrameChecksum} of what was written; 0 without a frame
 * @param sourceIndex the frame's index in its source, which leaves out those that a live source
 *     dropped; -1 when there is none
 */
public record CapturedBuffer(
    int index,
    Status status,
    Optional<Errno> error,
    String message,
    long sequence,
    long timestampNanos,
    long bytesUsed,
    int checksum,
    long sourceIndex) {

  /** What became of a buffer. */
  public enum Status {
    /** It holds a frame. */
    DONE,
    /** Its frame failed; what is in it means nothing. */
    ERROR,
    /** The source has ended: it holds no frame, and no other will come. */
    LAST
  }

  static CapturedBuffer of(BufferStatus buffer, FrameNote note, long timestampNanos) {
    boolean failed = buffer.is(BufferFlag.ERROR);
    long bytes = buffer.planes().stream().mapToLong(PlaneStatus::bytesUsed).sum();
    boolean ended = buffer.is(BufferFlag.LAST) && bytes == 0;
    Status what = ended ? Status.LAST : Status.DONE;
    return new CapturedBuffer(
        buffer.index(),
        failed ? Status.ERROR : what,
        failed ? Optional.of(note.error().orElse(Errno.EIO)) : Optional.empty(),
        note.message(),
        buffer.sequence(),
        timestampNanos,
        bytes,
        note.checksum(),
        note.sourceIndex());
  }

  /** Checks that nothing is null. */
  public CapturedBuffer {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(error, "error");
    Objects.requireNonNull(message, "message");
  }
}
