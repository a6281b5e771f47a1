package org.dmabuf.gem.placement;

/** Where a buffer lies. Kernel counterpart: {@code TTM_PL_VRAM}, {@code TTM_PL_SYSTEM}. */
enum Placement {
  /** The device's region, in one run: for itself and for devices that reach it peer to peer. */
  FAST,
  /** Pages of the system: for everybody. */
  SYSTEM
}
