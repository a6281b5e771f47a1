package org.dmabuf.file;

/**
 * The file systems without a disk that open files of ours lie in. Kernel counterpart: {@code
 * linux/magic.h}.
 */
public enum PseudoFs {
  /** Dma-bufs. */
  DMABUF(0x444d4142L, "/dmabuf:"),
  /** Sync files and whatever else is only an open file. */
  ANON_INODE(0x09041934L, "anon_inode:"),
  /** Memory files. */
  TMPFS(0x01021994L, "/memfd:");

  private final long magic;
  private final String prefix;

  PseudoFs(long magic, String prefix) {
    this.magic = magic;
    this.prefix = prefix;
  }

  /** Returns by what number statfs tells it. */
  public long magic() {
    return magic;
  }

  /** Returns what paths of its files begin with, never null. */
  public String prefix() {
    return prefix;
  }

  /** Returns the number of its one mount, 1 or more. */
  public int mountId() {
    return ordinal() + 1;
  }
}
