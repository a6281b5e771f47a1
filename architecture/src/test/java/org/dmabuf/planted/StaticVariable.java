package org.dmabuf.planted;

/** State of a class. */
public final class StaticVariable {
  public static int count;

  private StaticVariable() {}
}
