package org.dmabuf.video.queue;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * How many buffers a queue has. Kernel counterpart: the fields of the same meaning of {@code struct
 * vb2_queue}.
 *
 * @param least what a request for fewer becomes ({@code min_reqbufs_allocation}), 0 or more
 * @param toStart how many must be queued before the device starts ({@code min_queued_buffers}), 0
 *     or more
 * @param most how many there can be ({@code max_num_buffers}), 1 to 1024
 */
public record QueueLimits(int least, int toStart, int most) {
  private static final int MOST = 1024;

  /**
   * Checks the numbers.
   *
   * @throws DmaBufException EINVAL when they contradict each other
   */
  public QueueLimits {
    if (least < 0 || toStart < 0 || most < 1 || most > MOST || least > most || toStart > most) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A queue of at most %d buffers, at least %d, %d to start; 1 to %d, and no more than that"
              .formatted(most, least, toStart, MOST));
    }
  }
}
