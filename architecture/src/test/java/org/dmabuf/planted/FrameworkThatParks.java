package org.dmabuf.planted;

import java.util.concurrent.locks.LockSupport;

/** The framework waiting where no test can wake it. */
public final class FrameworkThatParks {
  public void sleep() {
    LockSupport.park(this);
  }
}
