package org.dmabuf;

import org.dmabuf.fault.FaultPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one attachment asks of the exporter's driver besides mappings, and how often it has pinned.
 *
 * <pre>
 *   attach --> pin (n times) <--> unpin --> detach      nothing any more once the driver has gone
 * </pre>
 *
 * <p>Taking may fail; giving back cannot, as in the kernel: a driver that throws is logged. Pins
 * are guarded by the buffer's reservation.
 */
final class ExporterSide {
  private static final Logger LOG = LoggerFactory.getLogger(ExporterSide.class);

  private final Attachment attachment;
  private final BufferObject buffer;
  private int pins; // who takes a snapshot reads without the reservation, perhaps an old number

  ExporterSide(Attachment attachment, BufferObject buffer) {
    this.attachment = attachment;
    this.buffer = buffer;
  }

  /** Asks whether the device may attach; without the reservation. */
  void attach() {
    String what = "Attach of " + attachment.device().name();
    buffer.checkUsable(what);
    buffer.callUnlocked(
        FaultPoint.ATTACH,
        what,
        ops -> {
          ops.attach(attachment);
          return null;
        });
  }

  /** Tells of the end; without the reservation. */
  void detach() {
    if (buffer.isOrphaned()) {
      return;
    }
    try {
      buffer.callUnlocked(
          FaultPoint.DETACH,
          "Detach of " + attachment.device().name(),
          ops -> {
            ops.detach(attachment);
            return null;
          });
    } catch (DmaBufException failed) {
      // An exporter that went meanwhile need not be told.
      if (!buffer.isOrphaned()) {
        LOG.warn("{}", failed.getMessage());
      }
    }
  }

  int pins() {
    return pins;
  }

  void pin() {
    String what = "Pin for " + attachment.device().name();
    buffer.checkUsable(what);
    long counted = pins == 0 ? buffer.size() : 0;
    attachment.pinned().take(counted);
    try {
      buffer.callLocked(
          FaultPoint.PIN,
          what,
          ops -> {
            if (ops instanceof DmaBufOps.Pinnable pinnable) {
              pinnable.pin(attachment);
            }
            return null;
          });
    } catch (DmaBufException refused) {
      attachment.pinned().give(counted);
      throw refused;
    }
    pins++;
  }

  /** EINVAL when nothing is pinned. */
  void unpin() {
    if (pins == 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          attachment.describe() + " was unpinned more often than pinned; the caller is at fault");
    }
    unpinNow();
  }

  /** Undoes all pins; returns how many there were. */
  int unpinAll() {
    int had = pins;
    while (pins > 0) {
      unpinNow();
    }
    return had;
  }

  private void unpinNow() {
    pins--;
    if (pins == 0) {
      attachment.pinned().give(buffer.size());
    }
    if (buffer.isOrphaned()) {
      return;
    }
    try {
      buffer.callLocked(
          FaultPoint.UNPIN,
          "Unpin for " + attachment.device().name(),
          ops -> {
            if (ops instanceof DmaBufOps.Pinnable pinnable) {
              pinnable.unpin(attachment);
            }
            return null;
          });
    } catch (DmaBufException failed) {
      LOG.warn("{}", failed.getMessage());
    }
  }
}
