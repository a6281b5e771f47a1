package org.dmabuf.sync;

import java.util.Objects;

/**
 * A point of a sync object.
 *
 * @param object the object, never null
 * @param point the point, 64 bits without sign; 0 for all that is in the object
 */
public record SyncPoint(SyncObj object, long point) {
  /** Checks that there is an object. */
  public SyncPoint {
    Objects.requireNonNull(object, "object");
  }

  /** Returns the whole of an object. */
  public static SyncPoint of(SyncObj object) {
    return new SyncPoint(object, 0);
  }
}
