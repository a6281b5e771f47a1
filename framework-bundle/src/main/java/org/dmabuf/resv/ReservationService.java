package org.dmabuf.resv;

import java.util.Collection;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes the reservations of many buffers in one call, whatever order others take them in.
 *
 * <pre>
 *   known beforehand                                known only as one goes
 *   try (ReservationSet set = lockAll(all, 1)) {    try (ReservationSet set =
 *     ...                                               lockGrowing(ALLOWED, growing -&gt; {
 *   }                                                     growing.lock(first, 1);
 *                                                         growing.lock(nextOf(first), 1);
 *                                                       })) {
 *                                                     ...
 *                                                   }
 * </pre>
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

  /**
   * As {@link #lockAll(Collection, int)}.
   *
   * @param duplicates what becomes of one that is there twice, never null
   * @throws org.dmabuf.DmaBufException EALREADY for a duplicate where they are refused; else as
   *     {@link #lockAll(Collection, int)}
   */
  ReservationSet lockAll(Collection<DmaResv> reservations, int slots, Duplicates duplicates);

  /**
   * Locks a set that is known only by looking at what is locked already. On failure none is held.
   *
   * @param duplicates what becomes of one that is asked for twice, never null
   * @param body asks for one after the other by {@link ReservationSet#lock}, and lets its EDEADLK
   *     pass; it is run again from its beginning whenever everything had to be given back, so it
   *     must not change anything and must not remember what it saw; never null
   * @return the held set; closing it unlocks all; never null
   * @throws org.dmabuf.DmaBufException as {@link ReservationSet#lock}, but never EDEADLK; and what
   *     the body throws
   */
  ReservationSet lockGrowing(Duplicates duplicates, Consumer<ReservationSet> body);

  /**
   * Runs something with all reservations locked.
   *
   * @param reservations what to lock, may be empty, never null
   * @param slots fence slots to reserve in each, 0 or more
   * @param body what to run, on this thread, never null
   * @throws org.dmabuf.DmaBufException as {@link #lockAll(Collection, int)}; and what the body
   *     throws
   */
  void run(Collection<DmaResv> reservations, int slots, Runnable body);
}
