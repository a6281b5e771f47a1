package org.dmabuf.video;

import org.dmabuf.DmaBufException;
import org.osgi.annotation.versioning.ProviderType;

/** Makes frame sources of patterns, files, folders and streams; an OSGi service. */
@ProviderType
public interface FrameSourceFactory {
  /**
   * Looks at a location without keeping it open: what {@link #open} would deliver. A file is walked
   * to its end. A named pipe can be looked at only by taking its first line; so it stays open for
   * the next {@link #open} of the same location, or until this service goes.
   *
   * @param request what is asked, never null
   * @return what the source would be, never null
   * @throws DmaBufException ENOENT when there is no such file; EACCES when it may not be read;
   *     EINVAL with the reason: truncated, a size beyond 16x16 to 8192x8192, a colour space that is
   *     not supported, an unknown type, an option that this type does not have; ETIMEDOUT when
   *     nobody writes to a stream; EINTR when the thread was interrupted while it waited
   */
  SourceInfo probe(SourceRequest request);

  /**
   * Opens a source at its first frame. Who opens it closes it.
   *
   * @param request what is asked, never null
   * @return the source, never null
   * @throws DmaBufException as {@link #probe}
   */
  OpenFrameSource open(SourceRequest request);
}
