package org.dmabuf.display;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.fence.DmaFence;

/**
 * A page flip that is asked for.
 *
 * <p>Kernel counterpart: a non-blocking atomic commit with {@code FB_ID}, {@code IN_FENCE_FD},
 * {@code OUT_FENCE_PTR} and {@code DRM_MODE_PAGE_FLIP_EVENT}.
 *
 * @param fb the framebuffer, as {@link DisplayFile#addFramebuffer} returned it
 * @param cookie what the event carries back to its asker; any number
 * @param inFence what the flip waits for instead of the buffer's own fences; empty for those
 */
public record CommitRequest(int fb, long cookie, Optional<DmaFence> inFence) {
  /** Checks that no field is null. */
  public CommitRequest {
    Objects.requireNonNull(inFence, "inFence");
  }

  /** Returns a flip that waits for the buffer's own fences. */
  public static CommitRequest of(int fb, long cookie) {
    return new CommitRequest(fb, cookie, Optional.empty());
  }
}
