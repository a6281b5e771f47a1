package org.dmabuf.file;

/** How mapped memory will be used. Kernel counterpart: the {@code MADV_} numbers. */
public enum Advice {
  /** Soon: MADV_WILLNEED. */
  WILL_NEED,
  /** Not soon: MADV_DONTNEED. */
  DONT_NEED,
  /** Its contents not any more: MADV_FREE. */
  FREE,
  /** Neither it nor what of the file it shows: MADV_REMOVE. */
  REMOVE,
  /** Pages of the same contents may become one: MADV_MERGEABLE. */
  MERGEABLE,
  /** Not by a child: MADV_DONTFORK. */
  DONT_FORK,
  /** By a child, too: MADV_DOFORK. */
  DO_FORK
}
