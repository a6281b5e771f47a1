package org.dmabuf.heap.planted;

import org.dmabuf.importer.planted.DriverThatUsesAwt;

/** An arrow that points up. */
public final class SubsystemThatNamesADriver {
  public DriverThatUsesAwt driver;
}
