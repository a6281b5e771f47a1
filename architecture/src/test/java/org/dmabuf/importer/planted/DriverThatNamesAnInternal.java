package org.dmabuf.importer.planted;

import org.dmabuf.video.planted.internal.Internal;

/** A driver that reaches into a subsystem. */
public final class DriverThatNamesAnInternal {
  public Internal internal;
}
