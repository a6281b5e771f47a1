package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import java.util.function.ToLongBiFunction;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The calls that move bytes from one open file to another. Got by {@link FileTable#transfers()}.
 * Memory files have them; a dma-buf is mapped instead, and refuses as either end.
 *
 * <pre>
 *   from ====[ offset .. offset + length )====+
 *                 at most CHUNK at a time     |
 *   to   ====[ offset .. )====================+   ends early where "from" ends
 * </pre>
 *
 * <p>Thread-safe; what another thread changes meanwhile may be moved as it was or as it is. No lock
 * is held. Kernel counterpart: {@code fs/splice.c}, {@code fs/read_write.c}.
 */
public final class FileTransfers {
  private static final int CHUNK = 65536;

  private final FileTable table;

  FileTransfers(FileTable table) {
    this.table = table;
  }

  /**
   * Moves bytes between a pipe and a file, which always fails, as no file of ours is a pipe.
   *
   * @param from the descriptor to read
   * @param to the descriptor to write
   * @param length bytes
   * @throws DmaBufException EBADF when one is not open; EINVAL
   */
  public long splice(int from, int to, long length) {
    return withBoth(
        from,
        to,
        (source, target) -> {
          throw new DmaBufException(
              Errno.EINVAL,
              length
                  + " bytes were to be spliced from "
                  + source.describe()
                  + " to "
                  + target.describe()
                  + "; one of them must be a pipe, and there are none: map what holds memory");
        });
  }

  /**
   * Moves bytes from one file's position to another's: sendfile without an offset. Both positions
   * move on.
   *
   * @param to the descriptor to write
   * @param from the descriptor to read
   * @param length bytes, 0 or more
   * @return the bytes moved, fewer at the end of what is read
   * @throws DmaBufException EBADF when one is not open for it; EINVAL for a negative length, a file
   *     that has no bytes to be read or written so, and one that is opened to append; EPERM against
   *     a seal
   */
  public long send(int to, int from, long length) {
    return withBoth(
        from,
        to,
        (source, target) -> {
          table.checkMode(from, source, source.isReadable(), "reading");
          table.checkMode(to, target, target.isWritable(), "writing");
          checkEnds(source, target, length);
          if ((target.flags() & OpenFlags.O_APPEND) != 0) {
            throw new DmaBufException(
                Errno.EINVAL, target.describe() + " is opened to append; write to it");
          }
          return move(
              length, (part, done) -> source.read(part), (part, done) -> target.write(part));
        });
  }

  /**
   * Moves bytes from a place in one file to a place in another: copy_file_range.
   *
   * @param from the descriptor to read
   * @param offset where from, bytes from the beginning
   * @param to the descriptor to write, which may be the same
   * @param toOffset where to, bytes from the beginning
   * @param length bytes, 0 or more
   * @return the bytes moved, fewer at the end of what is read
   * @throws DmaBufException EBADF when one is not open for it; EINVAL for a negative number, a file
   *     that has no bytes to be read or written so, and ranges of one file that overlap; EOVERFLOW
   *     when a range does not end within the numbers; EPERM against a seal
   */
  public long copyRange(int from, long offset, int to, long toOffset, long length) {
    return withBoth(
        from,
        to,
        (source, target) -> {
          checkEnds(source, target, length);
          table.checkMode(from, source, source.isReadable(), "reading");
          table.checkMode(to, target, target.isWritable(), "writing");
          checkRange(source, offset, length);
          checkRange(target, toOffset, length);
          if (source == target && Math.abs(offset - toOffset) < length) {
            throw new DmaBufException(
                Errno.EINVAL,
                length
                    + " bytes at "
                    + offset
                    + " and "
                    + toOffset
                    + " of "
                    + source.describe()
                    + " overlap; ranges apart would work");
          }
          return move(
              length,
              (part, done) -> source.readAt(part, offset + done),
              (part, done) -> target.writeAt(part, toOffset + done));
        });
  }

  /** Moves a part of the bytes to or from a buffer, by how many were moved before. */
  private interface Part {
    long move(MemorySegment part, long done);
  }

  private static long move(long length, Part reads, Part writes) {
    MemorySegment buffer = MemorySegment.ofArray(new byte[(int) Math.min(length, CHUNK)]);
    long done = 0;
    while (done < length) {
      long read = reads.move(buffer.asSlice(0, Math.min(length - done, CHUNK)), done);
      if (read == 0) {
        break;
      }
      done += writes.move(buffer.asSlice(0, read), done);
    }
    return done;
  }

  private static void checkEnds(OpenFile source, OpenFile target, long length) {
    if (length < 0 || !source.hasPlaces() || !target.hasPlaces()) {
      throw new DmaBufException(
          Errno.EINVAL,
          length
              + " bytes were to be moved from "
              + source.describe()
              + " to "
              + target.describe()
              + "; 0 or more between memory files would work, others are mapped");
    }
  }

  private static void checkRange(OpenFile file, long offset, long length) {
    if (offset < 0) {
      throw new DmaBufException(
          Errno.EINVAL, file.describe() + " was accessed at " + offset + "; 0 or more would work");
    }
    if (offset > Long.MAX_VALUE - length) {
      throw new DmaBufException(
          Errno.EOVERFLOW, length + " bytes at " + offset + " of " + file.describe());
    }
  }

  private long withBoth(int from, int to, ToLongBiFunction<OpenFile, OpenFile> call) {
    return table.with(from, source -> table.with(to, target -> call.applyAsLong(source, target)));
  }
}
