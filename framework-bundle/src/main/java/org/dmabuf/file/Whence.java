package org.dmabuf.file;

/** What an offset of a seek counts from. Kernel counterpart: {@code linux/fs.h}. */
public final class Whence {
  /** The beginning. */
  public static final int SEEK_SET = 0;

  /** The present position. */
  public static final int SEEK_CUR = 1;

  /** The end. */
  public static final int SEEK_END = 2;

  private Whence() {}
}
