package org.dmabuf.demo;

import org.dmabuf.DmaBufException;

/** Turns errors into sentences for people. */
final class Sentences {
  private Sentences() {}

  /** Returns the error's sentence, with a full stop. */
  static String of(DmaBufException failure) {
    String sentence = failure.sentence();
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
