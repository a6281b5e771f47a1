package org.dmabuf.planted;

import java.util.concurrent.atomic.AtomicBoolean;

/** Two threads of the framework meeting where no test can say who is first. */
public final class FrameworkThatExchanges {
  private final AtomicBoolean taken = new AtomicBoolean();

  public boolean take() {
    return taken.compareAndSet(false, true);
  }
}
