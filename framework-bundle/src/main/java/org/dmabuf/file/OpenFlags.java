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

  /** Writes go to the end. */
  public static final int O_APPEND = 0x400;

  /** A signal tells of readiness; kept, and no signal is sent. */
  public static final int O_ASYNC = 0x2000;

  /** Reads and writes pass by the page cache; no file of ours can. */
  public static final int O_DIRECT = 0x4000;

  /** What can be changed of an open file. */
  static final int SETTABLE = O_APPEND | O_NONBLOCK | O_ASYNC;

  private OpenFlags() {}
}
