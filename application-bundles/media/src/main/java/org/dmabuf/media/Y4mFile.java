package org.dmabuf.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.stream.LongStream;

/** Where the frames lie in a Y4M file, found by walking it to its end. */
final class Y4mFile {
  private final Y4mHeader header;
  private final long[] offsets;

  private Y4mFile(Y4mHeader header, long[] offsets) {
    this.header = header;
    this.offsets = offsets;
  }

  /** The file's first line. */
  Y4mHeader header() {
    return header;
  }

  /** How many frames there are, at least 1. */
  int frames() {
    return offsets.length;
  }

  /** Where a frame's samples begin, in bytes from the file's beginning. */
  long offset(int frame) {
    return offsets[frame];
  }

  /**
   * Walks a file.
   *
   * @throws org.dmabuf.DmaBufException EINVAL when it is not whole
   */
  static Y4mFile index(Path path) {
    String what = "File '" + path + "'";
    try (FileChannel channel = FileChannel.open(path)) {
      byte[] line = new byte[Y4mHeader.MAX_LINE];
      int length = line(channel, 0, line);
      if (length < 0) {
        throw Limits.invalid(what + " is truncated: its first line does not end");
      }
      Y4mHeader header = Y4mHeader.parse(what, line, length);
      LongStream.Builder offsets = LongStream.builder();
      int count = 0;
      long size = header.layout().size();
      long end = channel.size();
      long at = length + 1L;
      while (at < end) {
        length = line(channel, at, line);
        if (length >= 0 && !Y4mHeader.isFrame(line, length)) {
          throw Limits.invalid(
              "%s is broken: frame %d should begin with FRAME at byte %d"
                  .formatted(what, count, at));
        }
        if (length < 0 || end - (at + length + 1) < size) {
          throw Limits.invalid(
              "%s is truncated: it ends within frame %d, at byte %d; a whole frame has %d bytes"
                  .formatted(what, count, end, size));
        }
        offsets.add(at + length + 1);
        count++;
        at += length + 1 + size;
      }
      if (count == 0) {
        throw Limits.invalid(what + " holds no frame, only a first line");
      }
      return new Y4mFile(header, offsets.build().toArray());
    } catch (IOException e) {
      throw Failures.of(path, e);
    }
  }

  /** Reads a line; returns its length without the newline, or -1 when it does not end. */
  private static int line(FileChannel channel, long at, byte[] line) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(line);
    while (buffer.hasRemaining()) {
      int from = buffer.position();
      if (channel.read(buffer, at + from) < 0) {
        return -1;
      }
      for (int i = from; i < buffer.position(); i++) {
        if (line[i] == '\n') {
          return i;
        }
      }
    }
    return line.length - 1;
  }
}
