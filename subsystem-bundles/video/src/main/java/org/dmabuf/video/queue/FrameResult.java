package org.dmabuf.video.queue;

import java.util.List;
import java.util.Objects;
import org.dmabuf.Errno;

/**
 * What became of a buffer at its device.
 *
 * @param outcome never null
 * @param bytesUsed bytes of the frame in each plane, for a device that writes; never null
 * @param note what else is known of the frame, never null
 */
public record FrameResult(Outcome outcome, List<Long> bytesUsed, FrameNote note) {
  /** Whether there is a frame, and whether others follow. */
  public enum Outcome {
    /** It holds a frame, or was read. */
    DONE,
    /** Its frame failed; what is in it means nothing. */
    ERROR,
    /** It holds the last frame, or, with no bytes, none: no other will come. */
    LAST,
    /** Its frame failed, and no other will come. */
    ERROR_LAST,
    /** It holds nothing, and the device cannot go on: what it has done so far is lost, too. */
    BROKEN,
    /** Nothing came of it yet: the device keeps the buffer, and its driver is asked again. */
    NOT_YET
  }

  /** Copies the list. */
  public FrameResult {
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(note, "note");
    bytesUsed = List.copyOf(bytesUsed);
  }

  /** A result of which nothing else is known. */
  public FrameResult(Outcome outcome, List<Long> bytesUsed) {
    this(outcome, bytesUsed, FrameNote.NONE);
  }

  /** A buffer that was read, or whose frame failed. */
  public static FrameResult of(Outcome outcome) {
    return new FrameResult(outcome, List.of());
  }

  boolean isError() {
    return outcome == Outcome.ERROR || outcome == Outcome.ERROR_LAST || outcome == Outcome.BROKEN;
  }

  boolean isEnd() {
    return outcome == Outcome.LAST || outcome == Outcome.ERROR_LAST || outcome == Outcome.BROKEN;
  }

  /** Returns what the buffer's fence is completed with; null when there is a frame. */
  Errno fenceError() {
    return switch (outcome) {
      case DONE, NOT_YET -> null;
      case ERROR, BROKEN -> Errno.EIO;
      case LAST -> bytesUsed.stream().allMatch(bytes -> bytes == 0) ? Errno.EPIPE : null;
      case ERROR_LAST -> Errno.EPIPE;
    };
  }

  /** Notes it at the buffer, which the caller has. */
  void applyTo(VideoBuffer buffer, boolean wasRead) {
    buffer.note = note;
    if (outcome == Outcome.LAST || outcome == Outcome.ERROR_LAST) {
      buffer.position = VideoBuffer.Position.LAST;
    }
    if (!wasRead) {
      for (int i = 0; i < buffer.planeCount(); i++) {
        buffer.plane(i).bytesUsed = i < bytesUsed.size() ? bytesUsed.get(i) : 0;
      }
    }
  }
}
