package org.dmabuf.pixel;

import java.lang.foreign.MemorySegment;

/**
 * Rows of a plane, or a part of each, that its view lends: they lie in one segment. Used again and
 * again; not safe for threads.
 *
 * <pre>
 *   segment   .......[ row ]..[ row ]..[ row ]....[ a row in which it ends
 *                    ^at(0)   ^at(1)   ^at(2)
 *                    |-pitch--|
 * </pre>
 */
final class LentPlane {
  private SurfacePlane plane;

  /** Where in the view the first row begins. */
  private long offset;

  private MemorySegment segment;

  /** Where in the segment it does. */
  private long at;

  /** Goes to a row, of which nothing is lent yet. */
  void move(SurfacePlane to, int row, int from) {
    plane = to;
    offset = to.offset() + (long) row * to.pitch() + from;
  }

  /** Returns how many bytes lie in one segment from here on. */
  long contiguous() {
    return plane.view().contiguous(offset);
  }

  /**
   * Returns how many rows from here on have the same part in one segment.
   *
   * @param length the part's bytes
   * @param most how many rows there are
   * @return 0 to {@code most}
   */
  int wholeRows(int length, int most) {
    long after = contiguous() - length;
    return after < 0 ? 0 : (int) Math.min(most, after / plane.pitch() + 1);
  }

  /**
   * Borrows rows that are whole, to read them.
   *
   * @param rows how many, 1 or more
   * @param counted how many of them count as read
   */
  void lend(int length, int rows, int counted) {
    segment = plane.view().lend(offset, span(length, rows), (long) length * counted);
    at = plane.view().placeInSegment(offset);
  }

  /** Borrows rows that are whole, to write them. */
  void lendWritable(int length, int rows) {
    segment = plane.view().lendWritable(offset, span(length, rows), (long) length * rows);
    at = plane.view().placeInSegment(offset);
  }

  private long span(int length, int rows) {
    return (long) plane.pitch() * (rows - 1) + length;
  }

  /** Returns the segment that is lent. */
  MemorySegment segment() {
    return segment;
  }

  /** Returns where in it a row begins. */
  long at(int index) {
    return at + (long) plane.pitch() * index;
  }

  /** Lets go of the memory. */
  void giveBack() {
    plane = null;
    segment = null;
  }
}
