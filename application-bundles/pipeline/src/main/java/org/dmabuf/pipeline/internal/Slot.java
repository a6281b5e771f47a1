package org.dmabuf.pipeline.internal;

/**
 * One of the pipeline's buffers: a descriptor in its file table, and who has the buffer now.
 *
 * <pre>
 *   FREE --queued--> IN_USE --shown--> ON_SCREEN --replaced--> FREE
 *                          --not shown--> FREE
 * </pre>
 */
final class Slot {
  enum State {
    FREE,
    IN_USE,
    ON_SCREEN
  }

  private final int index;
  private final int fd;
  private State state = State.FREE;

  Slot(int index, int fd) {
    this.index = index;
    this.fd = fd;
  }

  int index() {
    return index;
  }

  int fd() {
    return fd;
  }

  State state() {
    return state;
  }

  void setState(State next) {
    state = next;
  }
}
