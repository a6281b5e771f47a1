package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** What a failing call has to throw. */
final class Failing {
  private Failing() {}

  static AbstractThrowableAssert<?, ? extends Throwable> with(Errno errno, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> Assertions.assertThat(e.errno()).isEqualTo(errno));
  }
}
