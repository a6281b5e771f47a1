package org.dmabuf.resv;

import java.util.Collection;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes the reservations of many buffers in one call, whatever order others take them in.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_exec}.
 */
@ProviderType
public interface ReservationService {

  /**
   * Locks all reservations, waiting interruptibly, and reserves fence slots in each. Duplicates are
   * locked once. On failure none is held.
   *
   * @param reservations what to lock, may be empty, never null
   * @param slots fence slots to reserve in each, 0 or more
   * @return the held set; closing it unlocks all; never null
   * @throws org.dmabuf.DmaBufException ERESTARTSYS when interrupted; EALREADY when the calling
   *     thread holds one of them already; EINVAL for negative slots or a null among them; ENOMEM
   *     for more slots than a reservation can have
   */
  ReservationSet lockAll(Collection<DmaResv> reservations, int slots);
}
