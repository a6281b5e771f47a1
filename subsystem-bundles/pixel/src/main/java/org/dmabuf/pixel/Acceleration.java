package org.dmabuf.pixel;

/**
 * By what the rows are calculated. The results are the same, bit by bit.
 *
 * <p>VECTOR is behind a switch while {@code jdk.incubator.vector} incubates: it needs that module
 * ({@code --add-modules jdk.incubator.vector}) and the system property {@code dmabuf.vector=true}.
 */
public enum Acceleration {
  /** Ordinary code. */
  SCALAR,
  /** The Vector API. */
  VECTOR
}
