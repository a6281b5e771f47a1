package org.dmabuf.demo;

import org.dmabuf.DmaBufException;

/** Turns errors into sentences for people. */
final class Sentences {
  private Sentences() {}

  /** Returns the error's sentence without the errno in front, which people need not know. */
  static String of(DmaBufException failure) {
    String message = failure.getMessage();
    String prefix = failure.errno() + ": ";
    String sentence = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
