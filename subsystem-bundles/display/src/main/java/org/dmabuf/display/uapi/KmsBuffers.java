package org.dmabuf.display.uapi;

import org.dmabuf.display.kms.FramebufferMemory;
import org.osgi.annotation.versioning.ConsumerType;

/** The buffers of an open file, which its memory side has by handles. Thread-safe. */
@ConsumerType
public interface KmsBuffers {
  /**
   * Reaches a buffer.
   *
   * @param handle as this file has it
   * @return what the caller closes, never null
   * @throws org.dmabuf.DmaBufException ENOENT for a handle that the file does not have
   */
  FramebufferMemory open(int handle);

  /**
   * Gives a framebuffer's buffer a new handle in this file.
   *
   * @param memory what some file of this device has opened, and not closed, never null
   * @return the handle; 0 for a buffer that files of this device do not have by handles
   */
  int handleOf(FramebufferMemory memory);
}
