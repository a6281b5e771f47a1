package org.dmabuf.importer.planted;

import org.dmabuf.pipeline.planted.ApplicationThatNamesADriver;

/** An arrow that points up. */
public final class DriverThatNamesAnApplication {
  public ApplicationThatNamesADriver application;
}
