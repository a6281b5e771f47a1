package org.dmabuf.file;

/** Events of a poll. Kernel counterpart: {@code asm-generic/poll.h}. */
public final class PollEvents {
  /** Reading would not wait. */
  public static final int POLLIN = 0x1;

  /** There is something urgent. */
  public static final int POLLPRI = 0x2;

  /** Writing would not wait. */
  public static final int POLLOUT = 0x4;

  /** The file has failed; reported whether asked for or not. */
  public static final int POLLERR = 0x8;

  /** The other side is gone; reported whether asked for or not. */
  public static final int POLLHUP = 0x10;

  /** The descriptor is not open; reported whether asked for or not. */
  public static final int POLLNVAL = 0x20;

  private PollEvents() {}

  /** Returns what of a file's answer is passed on: what was asked, and failures. */
  static int reported(int asked) {
    return asked | POLLERR | POLLHUP;
  }
}
