package org.dmabuf.video.queue;

import java.util.List;

/**
 * What became of a buffer at its device.
 *
 * @param outcome never null
 * @param bytesUsed bytes of the frame in each plane, for a device that writes; never null
 */
public record FrameResult(Outcome outcome, List<Long> bytesUsed) {
  /** Whether there is a frame, and whether others follow. */
  public enum Outcome {
    /** It holds a frame, or was read. */
    DONE,
    /** Its frame failed; what is in it means nothing. */
    ERROR,
    /** It holds the last frame, or, with no bytes, none: no other will come. */
    LAST,
    /** It holds nothing, and the device cannot go on. */
    BROKEN
  }

  /** Copies the list. */
  public FrameResult {
    bytesUsed = List.copyOf(bytesUsed);
  }

  /** A buffer that was read, or whose frame failed. */
  public static FrameResult of(Outcome outcome) {
    return new FrameResult(outcome, List.of());
  }

  boolean isError() {
    return outcome == Outcome.ERROR || outcome == Outcome.BROKEN;
  }

  boolean isEnd() {
    return outcome == Outcome.LAST || outcome == Outcome.BROKEN;
  }

  /** Notes it at the buffer, which the caller has. */
  void applyTo(VideoBuffer buffer, boolean wasRead) {
    if (outcome == Outcome.LAST) {
      buffer.position = VideoBuffer.Position.LAST;
    }
    if (!wasRead) {
      for (int i = 0; i < buffer.planeCount(); i++) {
        buffer.plane(i).bytesUsed = i < bytesUsed.size() ? bytesUsed.get(i) : 0;
      }
    }
  }
}
