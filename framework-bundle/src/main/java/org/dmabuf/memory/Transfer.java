package org.dmabuf.memory;

/** The reasons for which frame bytes move; each is counted apart by {@link TransferMeter}. */
public enum Transfer {
  /** From one buffer to another: what the whole design avoids. */
  COPIED,
  /** From one placement of a buffer to another one of the same buffer. */
  MOVED,
  /** Written by a converter, because the format wanted is not the source's own. */
  CONVERTED,
  /** Between a non-coherent store and the memory behind it. */
  SYNCED,
  /** Written by a device that fills a buffer. */
  WRITTEN,
  /** Read by a device that consumes a buffer. */
  READ,
  /** Read to check or to record a frame, which a real device would not do. */
  VERIFIED
}
