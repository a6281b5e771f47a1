package org.dmabuf.launcher;

/** x */
final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
