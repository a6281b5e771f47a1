package org.dmabuf.video;

import org.osgi.annotation.versioning.ProviderType;

/** A frame source that belongs to the one who opened it. */
@ProviderType
public interface OpenFrameSource extends FrameSource, AutoCloseable {
  /** Lets go of the file or stream; a reader that waits gets ENODEV. Closing again does nothing. */
  @Override
  void close();
}
