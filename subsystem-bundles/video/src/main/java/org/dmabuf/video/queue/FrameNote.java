package org.dmabuf.video.queue;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.Errno;

/**
 * What a device knows of a frame besides what V4L2 tells. Plain data.
 *
 * @param sourceIndex the frame's index in the device's source, which a successor of the device goes
 *     on with; -1 when it has none
 * @param checksum {@link org.dmabuf.memory.FrameChecksum} of what was written; 0 when none was made
 * @param error why there is no frame; empty when there is one, and when it is not known; never null
 * @param message a sentence to {@code error}; empty when there is none; never null
 */
public record FrameNote(long sourceIndex, int checksum, Optional<Errno> error, String message) {
  /** Nothing is known. */
  public static final FrameNote NONE = new FrameNote(-1, 0, Optional.empty(), "");

  /** Checks that nothing is null. */
  public FrameNote {
    Objects.requireNonNull(error, "error");
    Objects.requireNonNull(message, "message");
  }
}
