package org.dmabuf.sg;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A run of addresses as a device's descriptor holds it; also a run of physical addresses, such as
 * another device's registers, that no CPU memory stands behind.
 *
 * <p>Kernel counterpart: {@code sg_dma_address} with {@code sg_dma_len}, {@code struct
 * dma_buf_phys_vec}.
 *
 * @param address the first one, 0 or more
 * @param length bytes, 1 or more; {@code address + length - 1} is an address, too
 */
public record DmaRange(long address, long length) {
  /** Checks the run: EINVAL for no byte, EOVERFLOW when it passes the last address. */
  public DmaRange {
    if (length < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "A run of " + length + " device addresses was made; 1 or more would work");
    }
    if (address < 0 || address > Long.MAX_VALUE - (length - 1)) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "A run of "
              + length
              + " device addresses from "
              + address
              + " was made; addresses go from 0 to "
              + Long.MAX_VALUE);
    }
  }

  /** Returns the last address of the run. */
  public long last() {
    return address + (length - 1);
  }

  /** Returns whether the other run begins where this one ends. */
  public boolean isFollowedBy(DmaRange next) {
    return last() != Long.MAX_VALUE && next.address == last() + 1;
  }
}
