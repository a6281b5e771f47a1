package org.dmabuf.video.queue;

import java.util.Optional;

/** Whose memory a queue's buffers are. Kernel counterpart: {@code enum v4l2_memory}. */
public enum MemoryType {
  /** The device's own, which programs map or export. */
  MMAP(1),
  /** The program's own, which it names by address. */
  USERPTR(2),
  /** Dma-bufs, which the program names by descriptor. */
  DMABUF(4);

  private final int number;

  MemoryType(int number) {
    this.number = number;
  }

  /** Returns the type of a number that a program gave; empty when there is none. */
  public static Optional<MemoryType> of(int number) {
    for (MemoryType type : values()) {
      if (type.number == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Returns V4L2's number. */
  public int number() {
    return number;
  }
}
