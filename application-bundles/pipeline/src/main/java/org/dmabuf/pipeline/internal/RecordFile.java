package org.dmabuf.pipeline.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is written to its end although the threads that write it are interrupted: a display
 * that is stopped interrupts its thread, and an interrupted thread's {@link FileChannel} closes.
 * Then the file is opened again and the write repeated where it was; the interrupt stays set.
 *
 * <p>Not thread-safe.
 */
final class RecordFile implements WritableByteChannel {
  private final Path path;
  private FileChannel channel;
  private long position;

  RecordFile(Path path) throws IOException {
    this.path = path;
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int from = bytes.position();
    boolean interrupted = Thread.interrupted();
    try {
      while (bytes.hasRemaining()) {
        try {
          channel.write(bytes, position + bytes.position() - from);
        } catch (ClosedByInterruptException interrupt) {
          interrupted |= Thread.interrupted();
          channel = FileChannel.open(path, StandardOpenOption.WRITE);
        }
      }
      position += bytes.position() - from;
      return bytes.position() - from;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
