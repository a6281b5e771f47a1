package org.dmabuf;

import java.time.Duration;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.resv.Usage;

/**
 * The bracket around an access of the CPU, for handles and descriptors alike.
 *
 * <pre>
 *   begin: exporter's op -> wait for the implicit fences      ... access ...      end: exporter's op
 * </pre>
 *
 * <p>Brackets are neither counted nor paired. Kernel counterpart: {@code
 * dma_buf_begin_cpu_access()} and {@code dma_buf_end_cpu_access()}.
 */
final class CpuAccess {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private CpuAccess() {}

  /**
   * Makes devices' data visible and waits: a reader for writers, a writer for all.
   *
   * @throws DmaBufException EINVAL for null; ENODEV; ERESTARTSYS when interrupted; the exporter's
   *     errors, and then nobody waits
   */
  static void begin(BufferObject buffer, DmaDirection direction) {
    checkGiven(buffer, direction);
    buffer.checkUsable("Begin of CPU access");
    buffer.callUnlocked(
        FaultPoint.BEGIN_CPU_ACCESS,
        "Begin of CPU access",
        ops -> {
          if (ops instanceof DmaBufOps.CpuAccessible accessible) {
            accessible.beginCpuAccess(direction);
          }
          return null;
        });
    // What a device reads is what the CPU writes, and it must not while others still read.
    buffer.resv().await(Usage.toWaitFor(direction.reads()), FOR_EVER);
  }

  /**
   * Makes the CPU's data visible to devices; never waits. ENODEV; the exporter's errors. The
   * direction was {@linkplain #checkGiven checked}.
   */
  static void end(BufferObject buffer, DmaDirection direction) {
    buffer.callUnlocked(
        FaultPoint.END_CPU_ACCESS,
        "End of CPU access",
        ops -> {
          if (ops instanceof DmaBufOps.CpuAccessible accessible) {
            accessible.endCpuAccess(direction);
          }
          return null;
        });
  }

  /** EINVAL for null. */
  static void checkGiven(BufferObject buffer, DmaDirection direction) {
    if (direction == null) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A CPU access to " + buffer.describe() + " was bracketed without a direction");
    }
  }
}
