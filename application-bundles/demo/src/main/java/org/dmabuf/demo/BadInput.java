package org.dmabuf.demo;

/** What the person asked for cannot be; the message is one sentence for them. */
final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadInput(String message) {
    super(message);
  }
}
