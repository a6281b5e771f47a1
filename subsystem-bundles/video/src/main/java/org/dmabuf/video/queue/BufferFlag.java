package org.dmabuf.video.queue;

/** What a queue says of a buffer. Kernel counterpart: {@code V4L2_BUF_FLAG_*}. */
public enum BufferFlag {
  /** Somebody besides the queue has its memory: a mapping, or a dma-buf that was exported. */
  MAPPED(0x1),
  /** It waits for the device, or is with it. */
  QUEUED(0x2),
  /** It can be dequeued. */
  DONE(0x4),
  /** Its frame failed. */
  ERROR(0x40),
  /** It is with the program, and prepared. */
  PREPARED(0x400),
  /** The times are those of the product's clock. */
  TIMESTAMP_MONOTONIC(0x2000),
  /** The times are copied from the frame that went in. */
  TIMESTAMP_COPY(0x4000),
  /** No frame follows it. */
  LAST(0x10_0000);

  private final int bit;

  BufferFlag(int bit) {
    this.bit = bit;
  }

  /** Returns V4L2's bit. */
  public int bit() {
    return bit;
  }
}
