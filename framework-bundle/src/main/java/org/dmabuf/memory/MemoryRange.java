package org.dmabuf.memory;

import java.util.Objects;

/**
 * Whole pages of a memory file, as a buffer is made of.
 *
 * @param file whose, never null
 * @param offset the first byte, a multiple of the page size, 0 or more
 * @param length bytes, a multiple of the page size, 1 page or more
 */
public record MemoryRange(MemoryFile file, long offset, long length) {
  /** Checks that there is a file; the range is checked when a buffer is made of it. */
  public MemoryRange {
    Objects.requireNonNull(file, "file");
  }

  /**
   * Checks that a buffer can be made of it now; making one checks again.
   *
   * @throws org.dmabuf.DmaBufException EINVAL for the file's seals, and for a range that is empty,
   *     unaligned or not within the file's exact size; ENODEV when the file is closed
   */
  public void check() {
    file.checkPin(offset, length);
  }
}
