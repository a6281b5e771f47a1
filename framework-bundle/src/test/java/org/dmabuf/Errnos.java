package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts which error a call fails with. */
public final class Errnos {
  private Errnos() {}

  public static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            thrown ->
                org.assertj.core.api.Assertions.assertThat(thrown.errno())
                    .as(thrown.getMessage())
                    .isEqualTo(expected));
  }
}
