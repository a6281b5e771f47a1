package org.dmabuf;

import java.util.Objects;

/**
 * The one exception of the public API: the kernel's errno and a sentence that says what was asked
 * of which object and what would have worked.
 *
 * <p>It is a framework type, so it may cross bundles; it never carries a cause from a driver's
 * class loader (a kept {@code Throwable} would pin it), only that cause's text.
 */
public final class DmaBufException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final String sentence;

  /**
   * Makes an exception.
   *
   * @param errno the kernel's error, never null
   * @param message the sentence, never null
   */
  public DmaBufException(Errno errno, String message) {
    super(Objects.requireNonNull(errno, "errno") + ": " + Objects.requireNonNull(message));
    this.errno = errno;
    this.sentence = message;
  }

  /** Returns the kernel's error, never null. */
  public Errno errno() {
    return errno;
  }

  /**
   * Returns the sentence without the errno in front, for people who need not know it; never null.
   */
  public String sentence() {
    return sentence;
  }
}
