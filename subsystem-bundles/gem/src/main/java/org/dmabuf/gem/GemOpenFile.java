package org.dmabuf.gem;

import org.osgi.annotation.versioning.ProviderType;

/** An open GEM device as its driver's {@link GemExtension} knows it. Thread-safe. */
@ProviderType
public interface GemOpenFile {
  /**
   * Reaches a buffer's memory.
   *
   * @param handle as this file has it
   * @return which the caller closes, never null
   * @throws org.dmabuf.DmaBufException ENOENT for a handle that it does not have; ENOSYS for an
   *     object of a driver that cannot map it whole
   */
  GemMemory open(int handle);

  /**
   * Tells those who poll that something has come.
   *
   * @param events see {@link org.dmabuf.file.PollEvents}
   */
  void ready(int events);
}
