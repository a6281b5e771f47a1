package org.dmabuf.stress;

import org.dmabuf.RefCount;
import org.jetbrains.lincheck.datastructures.Operation;

/** References that are taken, dropped and retired. */
public class CountOperations {
  private final RefCount count = new RefCount();

  @Operation
  public boolean get() {
    return count.tryGet("a count");
  }

  @Operation
  public String put() {
    return count.put().name();
  }

  @Operation
  public boolean retire() {
    return count.retire();
  }

  @Operation
  public boolean isLive() {
    return count.isLive();
  }
}
