package org.dmabuf.negotiation;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device that will use a buffer, as negotiation sees it. Services that are devices extend this;
 * they also have what they need in their service properties, see {@link
 * ImporterNeeds#toProperties}, so that it can be known without asking them.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface Importer {
  /**
   * Returns what a buffer must be like for this device; called with no lock held; never null.
   *
   * @throws org.dmabuf.DmaBufException ENODEV when the device is gone
   */
  ImporterNeeds needs();
}
