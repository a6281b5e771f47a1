package org.dmabuf.importer.planted;

/** A driver with a thread that does not end with its bundle. */
public final class DriverThatStartsAThread {
  private final Thread thread = new Thread(() -> {});

  /** Starts it. */
  public void start() {
    thread.start();
  }
}
