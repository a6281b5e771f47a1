package org.dmabuf.memory;

/**
 * A live mapping of a memory file, whose pages are exchanged when a hole is punched below it.
 *
 * @param base its first address
 * @param offset where in the file it begins
 * @param bytes how long it is, in whole pages
 * @param protection of the system
 */
record FileMapping(long base, long offset, long bytes, int protection) {
  long end() {
    return offset + bytes;
  }
}
