package org.dmabuf.heap;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A heap's entry in the table: open files hold it, and lose the heap through it when its driver
 * goes.
 *
 * <p>Thread-safe.
 */
final class HeapNode {
  private final String name;
  private final int minor;
  private volatile HeapDevice device; // null when its driver has gone

  HeapNode(String name, int minor, HeapDevice device) {
    this.name = name;
    this.minor = minor;
    this.device = device;
  }

  String name() {
    return name;
  }

  int minor() {
    return minor;
  }

  boolean isOf(HeapDevice other) {
    return device == other;
  }

  void leave() {
    device = null;
  }

  /** Returns the heap; ENODEV when its driver has gone. */
  HeapDevice device() {
    HeapDevice now = device;
    if (now == null) {
      throw new DmaBufException(
          Errno.ENODEV, "The driver of heap " + name + " has gone; open its successor");
    }
    return now;
  }
}
