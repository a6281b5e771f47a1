package org.dmabuf.heap.planted;

import org.dmabuf.video.planted.internal.Internal;

/** A subsystem that leans on another. */
public final class SubsystemThatNamesAnother {
  public Internal other;
}
