package org.dmabuf.pixel;

/**
 * By what the rows are calculated. The results are the same, bit by bit.
 *
 * <p>VECTOR is behind a switch while {@code jdk.incubator.vector} incubates: it needs that module
 * ({@code --add-modules jdk.incubator.vector}) and the system property {@code dmabuf.vector=true}.
 * Which of them is used is said once in the log.
 */
public enum Acceleration {
  /** Ordinary code. */
  SCALAR,
  /** The Vector API. */
  VECTOR;

  /** Returns what this JVM was started with, never null. */
  public static Acceleration chosen() {
    return Accelerations.CHOSEN;
  }

  /** Tells whether it can be used in this JVM. */
  public boolean isAvailable() {
    return this == SCALAR || Accelerations.hasVectors();
  }
}
