package org.dmabuf.file;

/** Protection and flags of a mapping. Kernel counterpart: {@code asm-generic/mman.h}. */
public final class MmapFlags {
  /** Nothing may be accessed. */
  public static final int PROT_NONE = 0;

  /** Loads are allowed. */
  public static final int PROT_READ = 1;

  /** Stores are allowed, and loads, as the hardware has no memory that is only written. */
  public static final int PROT_WRITE = 2;

  /** Stores are seen by all who map the file. */
  public static final int MAP_SHARED = 1;

  /** Stores go to a copy; no dma-buf can be mapped so. */
  public static final int MAP_PRIVATE = 2;

  private MmapFlags() {}
}
