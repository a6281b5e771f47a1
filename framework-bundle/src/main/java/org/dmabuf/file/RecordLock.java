package org.dmabuf.file;

/**
 * A lock of a range of bytes of a file. Kernel counterpart: {@code struct flock}.
 *
 * @param owner the client that has it, as messages show it, never null
 * @param table that client's table, by identity; never null
 * @param type see {@link FileLocks}
 * @param start the first byte, 0 or more
 * @param end the first byte behind it, more than start; {@code Long.MAX_VALUE} for no end
 */
public record RecordLock(String owner, FileTable table, int type, long start, long end) {
  boolean overlaps(RecordLock other) {
    return start < other.end && other.start < end;
  }

  boolean excludes(RecordLock other) {
    return table != other.table
        && overlaps(other)
        && (type == FileLocks.F_WRLCK || other.type == FileLocks.F_WRLCK);
  }

  RecordLock part(long from, long to) {
    return new RecordLock(owner, table, type, from, to);
  }

  @Override
  public String toString() {
    String what = type == FileLocks.F_WRLCK ? "a write lock" : "a read lock";
    String range = end == Long.MAX_VALUE ? "from " + start + " on" : start + " to " + (end - 1);
    return what + " of " + owner + " on bytes " + range;
  }
}
