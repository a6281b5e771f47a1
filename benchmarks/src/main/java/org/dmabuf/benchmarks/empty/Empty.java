package org.dmabuf.benchmarks.empty;

/** A component of Declarative Services that does nothing. */
public final class Empty {}
