package org.dmabuf.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Frames in plain memory outside of the heap, each copied to the one that lies half a round away:
 * neither is in any cache by then.
 */
final class ColdCopies implements AutoCloseable {
  /** More than the last cache of any machine that this is run on. */
  private static final long WORKING_SET = 300_000_000L;

  private static final int ALIGNMENT = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment[] frames;
  private int next;

  ColdCopies(long bytes) {
    int count = (int) Math.ceilDiv(WORKING_SET, bytes);
    frames = new MemorySegment[count + count % 2];
    for (int i = 0; i < frames.length; i++) {
      // its pages are there before anything is measured
      frames[i] = arena.allocate(bytes, ALIGNMENT).fill((byte) i);
    }
  }

  /** Copies one frame. */
  void copy() {
    frames[(next + frames.length / 2) % frames.length].copyFrom(frames[next]);
    next = (next + 1) % frames.length;
  }

  @Override
  public void close() {
    arena.close();
  }
}
