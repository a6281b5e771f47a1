package org.dmabuf;

/**
 * Which way data moves through a mapping, as the device sees it.
 *
 * <p>Kernel counterpart: {@code enum dma_data_direction}.
 */
public enum DmaDirection {
  /** The device reads and writes. */
  BIDIRECTIONAL,
  /** The device reads what the CPU or another device wrote. */
  TO_DEVICE,
  /** The device writes. */
  FROM_DEVICE,
  /** No transfer; a mapping with it is refused by exporters. */
  NONE;

  /** Returns whether the device may write through such a mapping. */
  public boolean writes() {
    return this == BIDIRECTIONAL || this == FROM_DEVICE;
  }
}
