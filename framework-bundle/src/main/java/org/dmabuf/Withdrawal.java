package org.dmabuf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.resv.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an exporter takes the storage of a buffer back while others use it:
 *
 * <pre>
 *   lock -> no more taking -> move notify -> fences done (BOOKKEEP) -> unlock -> devices unmapped
 *                                            interruptible                       bounded
 * </pre>
 *
 * <p>An importer that is told unmaps right there, or later under the reservation, which is
 * therefore not held in the last wait. Kernel counterpart: what vfio does with its dma-bufs when
 * its device is reset.
 */
final class Withdrawal {
  private static final Logger LOG = LoggerFactory.getLogger(Withdrawal.class);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final DmaBufCore core;
  private final BufferObject buffer;

  Withdrawal(DmaBufCore core, BufferObject buffer) {
    this.core = core;
    this.buffer = buffer;
  }

  /** Returns whether no device has it mapped any more; EINVAL for a negative bound. */
  boolean run(Duration bound) {
    if (bound.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL,
          buffer.describe() + " was to be revoked with a wait of " + bound + "; 0 or more works");
    }
    buffer.resv().lockInterruptibly();
    try {
      if (buffer.driver().withdraw()) {
        buffer.moveNotify();
      }
      buffer.resv().await(Usage.BOOKKEEP, FOR_EVER);
    } finally {
      buffer.resv().unlock();
    }
    return awaitUnmapped(bound);
  }

  private boolean awaitUnmapped(Duration bound) {
    try {
      if (core.releases().await(() -> !buffer.isMappedByDevices(), nanos(bound))) {
        return true;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DmaBufException(
          Errno.ERESTARTSYS,
          "Waiting for "
              + users()
              + " to unmap "
              + buffer.describe()
              + " was interrupted; it is taken back all the same");
    }
    LOG.warn("{} is taken back and after {} still mapped by {}", buffer.describe(), bound, users());
    return false;
  }

  private static long nanos(Duration bound) {
    return bound.compareTo(FOR_EVER) < 0 ? bound.toNanos() : FOR_EVER.toNanos();
  }

  private List<String> users() {
    List<String> users = new ArrayList<>();
    buffer.withReservation(
        () -> {
          for (Attachment attachment : buffer.attachments()) {
            if (attachment.isMapped()) {
              users.add(attachment.user());
            }
          }
        });
    return users;
  }
}
