package org.dmabuf;

/**
 * Which way data moves through a mapping, as the device sees it.
 *
 * <p>Kernel counterpart: {@code enum dma_data_direction}.
 */
public enum DmaDirection {
  /** The device reads and writes; the only one from whose cached mapping all others are served. */
  BIDIRECTIONAL,
  /** The device reads what the CPU or another device wrote; its memory is read-only. */
  TO_DEVICE,
  /** The device writes. */
  FROM_DEVICE,
  /** No transfer; exporters refuse to map it, and one that does not gives addresses only. */
  NONE;

  /** Returns whether the device may read through such a mapping. */
  public boolean reads() {
    return this == BIDIRECTIONAL || this == TO_DEVICE;
  }

  /** Returns whether the device may write through such a mapping. */
  public boolean writes() {
    return this == BIDIRECTIONAL || this == FROM_DEVICE;
  }
}
