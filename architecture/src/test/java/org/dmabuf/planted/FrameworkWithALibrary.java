package org.dmabuf.planted;

/** The framework with a library beside OSGi and SLF4J. */
public final class FrameworkWithALibrary {
  /** Uses what only tests may. */
  public org.assertj.core.api.Assertions library;
}
