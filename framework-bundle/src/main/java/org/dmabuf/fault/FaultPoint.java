package org.dmabuf.fault;

/**
 * Where faults can strike.
 *
 * <pre>
 *   what takes         the fault comes in the place of the call
 *   what gives back    the fault comes after the call, so that nothing is lost by it
 * </pre>
 */
public enum FaultPoint {
  /** A device attaches: into the exporter. */
  ATTACH(Turn.TAKES),

  /** A device detaches: into the exporter. */
  DETACH(Turn.GIVES_BACK),

  /** A device's mapping: into the exporter. */
  MAP(Turn.TAKES),

  /** The end of a device's mapping: into the exporter. */
  UNMAP(Turn.GIVES_BACK),

  /** Into an exporter whose storage moves. */
  PIN(Turn.TAKES),

  /** Into an exporter whose storage moves. */
  UNPIN(Turn.GIVES_BACK),

  /** Into the exporter. */
  BEGIN_CPU_ACCESS(Turn.TAKES),

  /** Into the exporter. */
  END_CPU_ACCESS(Turn.GIVES_BACK),

  /** A program's mapping: into the exporter. */
  MMAP(Turn.TAKES),

  /** Into the exporter. */
  VMAP(Turn.TAKES),

  /** Into the exporter. */
  VUNMAP(Turn.GIVES_BACK),

  /** Into the exporter. */
  KMAP(Turn.TAKES),

  /** Into the exporter. */
  KUNMAP(Turn.GIVES_BACK),

  /** An exporter that leaves gives its storage to the framework. */
  HAND_OVER(Turn.TAKES),

  /** The last reference has gone: into the exporter. */
  RELEASE(Turn.GIVES_BACK),

  /** The storage moves: into the importer. */
  MOVE_NOTIFY(Turn.GIVES_BACK),

  /** What an importer says of itself at attach. */
  IMPORTER_ASKED(Turn.TAKES),

  /** A hook of a fence's producer. */
  ENABLE_SIGNALING(Turn.TAKES),

  /** A hook of a fence's producer. */
  IS_SIGNALED(Turn.TAKES),

  /** A hook of a fence's producer. */
  SET_DEADLINE(Turn.TAKES),

  /**
   * A producer completes a fence: FAIL completes it with an error, HANG does not complete it at
   * all.
   */
  SIGNAL(Turn.TAKES),

  /** Memory is allocated: a store, of pages or of a region, a memory file, a part of an arena. */
  ALLOCATE(Turn.TAKES),

  /** A region is set apart, as a driver does when it starts. */
  RESERVE(Turn.TAKES),

  /** A buffer is exported. */
  EXPORT(Turn.TAKES),

  /** A fence context or a timeline is opened. */
  FENCE_CONTEXT(Turn.TAKES),

  /** A fence is made. */
  FENCE(Turn.TAKES),

  /** A file gets a descriptor. */
  DESCRIPTOR(Turn.TAKES);

  private enum Turn {
    TAKES,
    GIVES_BACK
  }

  private final Turn turn;

  FaultPoint(Turn turn) {
    this.turn = turn;
  }

  /** Returns whether a fault comes after the call and not in its place. */
  public boolean givesBack() {
    return turn == Turn.GIVES_BACK;
  }
}
