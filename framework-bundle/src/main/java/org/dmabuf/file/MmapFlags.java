package org.dmabuf.file;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** Protection and flags of a mapping. Kernel counterpart: {@code asm-generic/mman.h} (x86-64). */
public final class MmapFlags {
  /** Nothing may be accessed. */
  public static final int PROT_NONE = 0;

  /** Loads are allowed. */
  public static final int PROT_READ = 1;

  /** Stores are allowed, and loads, as the hardware has no memory that is only written. */
  public static final int PROT_WRITE = 2;

  /** Instructions are fetched; and loads are allowed, as for PROT_WRITE. */
  public static final int PROT_EXEC = 4;

  /** Stores are seen by all who map the file. */
  public static final int MAP_SHARED = 1;

  /** Stores go to a copy; no dma-buf can be mapped so. */
  public static final int MAP_PRIVATE = 2;

  /** As MAP_SHARED, and flags that are not known are refused. */
  public static final int MAP_SHARED_VALIDATE = 3;

  /** Pages are locked into memory; they always are. */
  public static final int MAP_LOCKED = 0x2000;

  /** Pages are there from the beginning; they always are. */
  public static final int MAP_POPULATE = 0x8000;

  /** For persistent memory; known, and supported by no file of ours. */
  public static final int MAP_SYNC = 0x80000;

  private static final int MAP_TYPE = 0xf;

  /** What was there before MAP_SHARED_VALIDATE, and is ignored when it means nothing. */
  private static final int LEGACY = 0x7f973;

  private MmapFlags() {}

  /**
   * Checks the kind of a mapping against the access mode of its file.
   *
   * @param file which, never null
   * @param protection a combination of PROT_
   * @param flags one kind of mapping and other flags
   * @throws DmaBufException EINVAL for no kind; EOPNOTSUPP for unknown flags with
   *     MAP_SHARED_VALIDATE; EACCES when the file is not open for reading, or for writing when that
   *     is asked of a shared mapping
   */
  static void check(OpenFile file, int protection, int flags) {
    int kind = flags & MAP_TYPE;
    if (kind < MAP_SHARED || kind > MAP_SHARED_VALIDATE) {
      throw new DmaBufException(
          Errno.EINVAL,
          file.describe() + " was mapped with flags " + flags + "; MAP_SHARED would work");
    }
    if (kind == MAP_SHARED_VALIDATE && (flags & ~LEGACY) != 0) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP,
          file.describe()
              + " was mapped with flags 0x"
              + Integer.toHexString(flags & ~LEGACY)
              + ", which it does not have; none of them would work");
    }
    boolean stores = kind != MAP_PRIVATE && (protection & PROT_WRITE) != 0;
    if (!file.isReadable() || (stores && !file.isWritable())) {
      throw new DmaBufException(
          Errno.EACCES,
          file.describe()
              + " was mapped with protection "
              + protection
              + ", which its access mode "
              + (file.flags() & OpenFlags.O_ACCMODE)
              + " does not allow");
    }
  }

  /** Returns whether stores would go to a copy. */
  public static boolean isPrivate(int flags) {
    return (flags & MAP_TYPE) == MAP_PRIVATE;
  }
}
