package org.dmabuf.memory;

import java.util.List;

/**
 * Pages of a memory file that a buffer keeps as they were when it took them. Compared by identity.
 */
final class FilePin {
  /** Adjacent pages: where they are, not which numbers they have. */
  record Place(int fd, long offset, long bytes) {}

  private final long offset;
  private final long bytes;
  private final long generation;
  private final List<Place> places;

  /**
   * Describes a pin.
   *
   * @param offset the first byte in the file
   * @param bytes how many
   * @param generation the file's number of exchanges of pages so far
   * @param places where the pages are, in order
   */
  FilePin(long offset, long bytes, long generation, List<Place> places) {
    this.offset = offset;
    this.bytes = bytes;
    this.generation = generation;
    this.places = places;
  }

  List<Place> places() {
    return places;
  }

  /** Returns whether it has the page at an offset that came there with that exchange. */
  boolean keeps(long page, long since) {
    return page >= offset && page < offset + bytes && generation >= since;
  }
}
