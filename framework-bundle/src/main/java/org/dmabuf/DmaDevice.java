package org.dmabuf;

import java.util.Objects;

/**
 * A device that reads or writes buffers, by its name and what it can address. Plain data of the
 * framework, so exporters may keep it.
 *
 * <p>Kernel counterpart: {@code struct device} with {@code dma_parms}.
 *
 * @param name as bufinfo shows it, never null or empty
 * @param addressMask the addresses it can reach; all ones when there is no limit
 * @param contiguous whether it needs a buffer in one run
 * @param maxSegment the longest run it can take, in bytes, 1 or more
 */
public record DmaDevice(String name, long addressMask, boolean contiguous, long maxSegment) {
  /** Checks the fields; EINVAL for an empty name or a segment below 1 byte. */
  public DmaDevice {
    Objects.requireNonNull(name, "name");
    if (name.isEmpty() || maxSegment < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Device '" + name + "' with segments of " + maxSegment + " bytes; a name and 1 or more");
    }
  }

  /** Returns a device without limits. */
  public static DmaDevice named(String name) {
    return new DmaDevice(name, -1L, false, Long.MAX_VALUE);
  }
}
