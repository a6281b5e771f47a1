package org.dmabuf.pipeline.planted;

import org.dmabuf.importer.planted.DriverThatUsesAwt;

/** An application that could not do without one driver. */
public final class ApplicationThatNamesADriver {
  public DriverThatUsesAwt driver;
}
