package org.dmabuf.planted.capture;

import java.util.concurrent.locks.LockSupport;

/** A thread of a class of the driver's bundle, which never ends. */
final class Idle extends Thread {
  Idle() {
    super("planted-idle");
    setDaemon(true);
  }

  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park(this);
    }
  }

  static void nothing() {
    // What matters is the class, not what it does.
  }
}
