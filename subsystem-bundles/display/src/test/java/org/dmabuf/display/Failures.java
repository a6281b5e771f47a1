package org.dmabuf.display;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** What a call that must fail fails with. */
final class Failures {
  private Failures() {}

  static Errno errnoOf(Runnable call) {
    DmaBufException failure = catchThrowableOfType(DmaBufException.class, call::run);
    return failure == null ? null : failure.errno();
  }
}
