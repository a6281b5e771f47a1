package org.dmabuf.planted;

/** Speaks past the log. */
public final class FrameworkThatPrints {
  private FrameworkThatPrints() {}

  /** Prints. */
  public static void print() {
    System.out.println();
  }
}
