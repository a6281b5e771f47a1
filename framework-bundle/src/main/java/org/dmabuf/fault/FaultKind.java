package org.dmabuf.fault;

/** What a fault does to a call. */
public enum FaultKind {
  /** The call fails with an errno. */
  FAIL,

  /**
   * The call does not go on until its rule is taken back, its time is up or its thread is
   * interrupted, which is ERESTARTSYS. A fence's completion is lost.
   */
  HANG,

  /** The call goes on after a time. */
  SLOW,

  /** The thread is interrupted, and the call goes on. */
  INTERRUPT,

  /** The call throws what no driver should. */
  THROW
}
