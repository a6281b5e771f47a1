package org.dmabuf.replay;

/** A step cannot be called at all: nothing is bound to a name, or an argument has no such form. */
final class Unreplayable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unreplayable(String why) {
    super(why);
  }
}
