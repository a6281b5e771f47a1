package org.dmabuf.display.kms;

import java.util.List;
import java.util.stream.Stream;

/** Lists of what a commit is about: mostly one thing, and made anew for each frame. */
final class Lists {
  private Lists() {}

  /** Returns a list with one more at its end; of one element it takes as little as can be. */
  static <T> List<T> with(List<T> all, T one) {
    return all.isEmpty() ? List.of(one) : Stream.concat(all.stream(), Stream.of(one)).toList();
  }

  /** Returns both, one after the other; one of them itself when the other is empty. */
  static <T> List<T> join(List<T> all, List<T> more) {
    if (more.isEmpty()) {
      return all;
    }
    return all.isEmpty() ? more : Stream.concat(all.stream(), more.stream()).toList();
  }
}
