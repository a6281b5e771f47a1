package org.dmabuf.sync;

import java.util.Arrays;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * One fence of a sync file, as it was when asked. Kernel counterpart: {@code struct
 * sync_fence_info}.
 *
 * @param timelineName the name of its timeline, never null
 * @param driverName the name of its driver, never null
 * @param status 0 while pending, 1 after success, else the negative error
 * @param timestamp when it completed, in ns of the product's clock; 0 while pending
 */
public record FenceInfo(String timelineName, String driverName, int status, long timestamp) {

  /** Returns what it failed with; empty while pending and after success. */
  public Optional<Errno> error() {
    return errorOf(status);
  }

  static FenceInfo of(DmaFence fence) {
    // The status first: once that is final, so is the time.
    int status = fence.status();
    return new FenceInfo(
        fence.timelineName(), fence.driverName(), status, status == 0 ? 0 : fence.timestamp());
  }

  static Optional<Errno> errorOf(int status) {
    return Arrays.stream(Errno.values()).filter(errno -> errno.number() == -status).findFirst();
  }
}
