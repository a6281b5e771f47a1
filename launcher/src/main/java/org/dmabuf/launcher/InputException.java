package org.dmabuf.launcher;

/** What the caller asked for cannot be: one sentence for people, exit status 2. */
final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InputException(String sentence) {
    super(sentence);
  }
}
