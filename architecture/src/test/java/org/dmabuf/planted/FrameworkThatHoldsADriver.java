package org.dmabuf.planted;

import org.dmabuf.importer.planted.DriverThatUsesAwt;

/** Keeps a driver. */
public final class FrameworkThatHoldsADriver {
  public DriverThatUsesAwt driver;
}
