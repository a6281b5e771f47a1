package org.dmabuf.file;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A device that programs open by name, as a service that its driver registers.
 *
 * <p>Thread-safe. Kernel counterpart: a node below {@code /dev}.
 */
@ProviderType
public interface DeviceNode {
  /** Service property: the node's name, a String. */
  String NAME = "dmabuf.node";

  /** Returns the node's name, never null. */
  String name();

  /**
   * Opens it. What is open keeps working when its driver goes, as far as the framework can do
   * without the driver.
   *
   * @param caller the table of the client that gets the descriptor, never null
   * @param flags access mode, O_CLOEXEC and O_NONBLOCK, see {@link OpenFlags}
   * @return the descriptor
   * @throws org.dmabuf.DmaBufException EMFILE when the caller's table is full; EBADF when it is
   *     closed; ENODEV when the driver is leaving
   */
  int open(FileTable caller, int flags);
}
