package org.dmabuf.pixel;

import java.util.Objects;
import org.dmabuf.memory.FrameView;

/**
 * Where one plane of a picture lies.
 *
 * @param view the memory, never null; counts what is read and written: pass {@link
 *     FrameView#converting()} for a converter's output
 * @param offset where the plane begins in the view, in bytes
 * @param pitch from the begin of one row to that of the next, in bytes
 */
public record SurfacePlane(FrameView view, long offset, int pitch) {
  /** Makes a plane; it is checked by the {@link Surface} that gets it. */
  public SurfacePlane {
    Objects.requireNonNull(view, "view");
  }
}
