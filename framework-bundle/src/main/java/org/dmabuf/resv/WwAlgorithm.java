package org.dmabuf.resv;

/**
 * What happens when contexts want what the other has. Either way the older one gets it in the end.
 *
 * <pre>
 *                 the older wants what the younger has    the younger wants what the older has
 *   WAIT_DIE      waits                                   EDEADLK (dies) if it holds anything
 *   WOUND_WAIT    wounds the younger and waits:           waits
 *                 that gets EDEADLK where it would wait
 * </pre>
 *
 * <p>WOUND_WAIT backs off less often; WAIT_DIE never touches another thread. Kernel counterpart:
 * {@code DEFINE_WD_CLASS}, {@code DEFINE_WW_CLASS}.
 */
public enum WwAlgorithm {
  /** Waiting goes from older to younger only. */
  WAIT_DIE,
  /** Waiting goes from younger to older, or ends soon. */
  WOUND_WAIT
}
