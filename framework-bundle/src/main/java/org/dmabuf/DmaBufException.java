package org.dmabuf;

import java.util.Objects;
import java.util.Optional;

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
  private final Signal signal;

  /**
   * Makes an exception.
   *
   * @param errno the kernel's error, never null
   * @param message the sentence, never null
   */
  public DmaBufException(Errno errno, String message) {
    this(errno, message, null);
  }

  private DmaBufException(Errno errno, String message, Signal signal) {
    super(Objects.requireNonNull(errno, "errno") + ": " + Objects.requireNonNull(message));
    this.errno = errno;
    this.sentence = message;
    this.signal = signal;
  }

  /**
   * Returns the EFAULT of an access to memory that Linux would answer with a signal.
   *
   * @param signal which one, never null
   * @param message the sentence, never null
   */
  public static DmaBufException fault(Signal signal, String message) {
    return new DmaBufException(Errno.EFAULT, message, Objects.requireNonNull(signal, "signal"));
  }

  /** Returns the kernel's error, never null. */
  public Errno errno() {
    return errno;
  }

  /** Returns the signal of an access to memory that failed; empty for all other errors. */
  public Optional<Signal> signal() {
    return Optional.ofNullable(signal);
  }

  /**
   * Returns the sentence without the errno in front, for people who need not know it; never null.
   */
  public String sentence() {
    return sentence;
  }
}
