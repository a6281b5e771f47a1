package org.dmabuf.file;

/**
 * One descriptor of a poll: what is asked of it, and what the last poll found. Not thread-safe: it
 * belongs to one poll at a time. Kernel counterpart: {@code struct pollfd}.
 */
public final class PollFd {
  private final int fd;
  private final int events;
  private int revents;

  /**
   * Asks for events of a descriptor.
   *
   * @param fd the descriptor; a negative one is ignored
   * @param events see {@link PollEvents}
   */
  public PollFd(int fd, int events) {
    this.fd = fd;
    this.events = events;
  }

  /** Returns the descriptor. */
  public int fd() {
    return fd;
  }

  /** Returns what is asked, see {@link PollEvents}. */
  public int events() {
    return events;
  }

  /** Returns what the last poll found: of what is asked, and ERR, HUP and NVAL; 0 for nothing. */
  public int revents() {
    return revents;
  }

  void found(int events) {
    revents = events;
  }
}
