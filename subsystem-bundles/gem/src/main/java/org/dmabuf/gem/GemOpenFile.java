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
   * Gives an object another handle.
   *
   * @param memory an open one, of any file of this device, never null
   * @return the handle, 1 or more
   * @throws org.dmabuf.DmaBufException ENODEV when the device has gone
   */
  int handleOf(GemMemory memory);

  /**
   * Tells those who poll that something has come.
   *
   * @param events see {@link org.dmabuf.file.PollEvents}
   */
  void ready(int events);
}
