package org.dmabuf.stress;

import org.jetbrains.lincheck.datastructures.Operation;

/** A count whose look and change are two steps: what Lincheck has to find. */
public class CountThatForgets {
  private volatile int count = 1;

  @Operation
  public int get() {
    int before = count;
    count = before + 1;
    return before;
  }

  @Operation
  public int put() {
    int before = count;
    count = before - 1;
    return before;
  }
}
