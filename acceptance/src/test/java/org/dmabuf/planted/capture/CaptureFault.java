package org.dmabuf.planted.capture;

/** What a planted capture driver does wrong, each once, but for those that say otherwise. */
public enum CaptureFault {
  /** Nothing. */
  NONE,
  /** Takes a frame from its source and does not hand it out. */
  LOSES_A_FRAME,
  /** Hands a frame out after the one that follows it. */
  CHANGES_THE_ORDER,
  /** Hands a frame out twice. */
  REPEATS_A_FRAME,
  /** Fills memory of its own and copies that, each time. */
  COPIES,
  /** Moves some bytes, as an exporter with placements would. */
  MOVES,
  /** Flushes some bytes, as an exporter of a non-coherent store would. */
  SYNCS,
  /** Writes a byte after its fence, see {@link org.dmabuf.planted.display.DisplayFault#WAITS}. */
  WRITES_AFTER_ITS_FENCE,
  /** Has a class of its own in a register of the JDK, where it stays. */
  PINS_ITS_LOADER,
  /** Starts a thread that does not end. */
  LEAVES_A_THREAD
}
