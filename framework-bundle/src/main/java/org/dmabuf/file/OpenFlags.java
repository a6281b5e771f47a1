package org.dmabuf.file;

/** Flags with which a file is opened. Kernel counterpart: {@code asm-generic/fcntl.h} (x86-64). */
public final class OpenFlags {
  /** May be read; the access mode is the low two bits. */
  public static final int O_RDONLY = 0;

  /** May be written. */
  public static final int O_WRONLY = 1;

  /** May be read and written. */
  public static final int O_RDWR = 2;

  /** The bits of the access mode; as a mode of its own it allows neither. */
  public static final int O_ACCMODE = 3;

  /** Calls that would wait fail with EAGAIN. */
  public static final int O_NONBLOCK = 0x800;

  /** The descriptor (not the file) is closed on exec. */
  public static final int O_CLOEXEC = 0x80000;

  private OpenFlags() {}
}
