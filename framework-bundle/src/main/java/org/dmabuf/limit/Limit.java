package org.dmabuf.limit;

import org.dmabuf.Errno;

/** What is limited for each bundle. */
public enum Limit {
  /** Bytes of memory that are charged to it: {@code RLIMIT_AS}. */
  BYTES("client.mib", Errno.ENOMEM, "free a buffer"),

  /** Live buffers that it exported. */
  BUFFERS("client.buffers", Errno.EDQUOT, "release a buffer"),

  /** Descriptors in all its file tables: {@code RLIMIT_NOFILE}. */
  FILES("client.files", Errno.EMFILE, "close a file"),

  /** Fences of its contexts that have not completed. */
  FENCES("client.fences", Errno.EDQUOT, "complete a fence"),

  /** Bytes of buffers that its attachments keep from moving: {@code RLIMIT_MEMLOCK}. */
  PINNED("client.pinned.mib", Errno.ENOMEM, "unpin a buffer");

  private final String key;
  private final Errno errno;
  private final String remedy;

  Limit(String key, Errno errno, String remedy) {
    this.key = key;
    this.errno = errno;
    this.remedy = remedy;
  }

  /** Returns its key in configurations, never null. */
  public String key() {
    return key;
  }

  /** Returns what who reaches it gets, never null. */
  public Errno errno() {
    return errno;
  }

  /** What a bundle can do that has reached it. */
  String remedy() {
    return remedy;
  }
}
