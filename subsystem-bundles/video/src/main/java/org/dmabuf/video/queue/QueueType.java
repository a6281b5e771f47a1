package org.dmabuf.video.queue;

import java.util.Optional;

/**
 * Which way frames go through a queue, and how programs name its planes. Kernel counterpart: {@code
 * enum v4l2_buf_type}.
 */
public enum QueueType {
  /** The device writes; a buffer is described by one plane. */
  CAPTURE(1),
  /** The device reads; a buffer is described by one plane. */
  OUTPUT(2),
  /** The device writes; a buffer is described by a list of planes. */
  CAPTURE_MPLANE(9),
  /** The device reads; a buffer is described by a list of planes. */
  OUTPUT_MPLANE(10);

  private final int number;

  QueueType(int number) {
    this.number = number;
  }

  /** Returns the type of a number that a program gave; empty when no video queue has it. */
  public static Optional<QueueType> of(int number) {
    for (QueueType type : values()) {
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

  /** Returns whether the device reads what programs give it. */
  public boolean isOutput() {
    return this == OUTPUT || this == OUTPUT_MPLANE;
  }

  /** Returns whether programs describe planes one by one. */
  public boolean isMultiplanar() {
    return this == CAPTURE_MPLANE || this == OUTPUT_MPLANE;
  }
}
