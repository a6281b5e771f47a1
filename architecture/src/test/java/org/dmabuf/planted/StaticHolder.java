package org.dmabuf.planted;

import java.util.concurrent.atomic.AtomicInteger;

/** State of a class, behind a final. */
public final class StaticHolder {
  public static final AtomicInteger COUNT = new AtomicInteger();

  private StaticHolder() {}
}
