package org.dmabuf.planted;

/** Keeps the class loader of whoever failed. */
public final class FrameworkThatKeepsAThrowable {
  public RuntimeException failure;
}
