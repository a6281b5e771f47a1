package org.dmabuf;

/**
 * What Linux sends to a program whose access to memory fails; here the access throws EFAULT and
 * says which it would have been. Kernel counterpart: {@code asm-generic/signal.h}.
 */
public enum Signal {
  /** There is no mapping at that place, or it does not allow the access. */
  SIGSEGV,
  /** There is a mapping, but no page of the file behind it. */
  SIGBUS
}
