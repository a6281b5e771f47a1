package org.dmabuf.media;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file that is read by threads which may be interrupted. An interrupt closes a file's channel for
 * all, so the next reader opens it anew.
 *
 * <pre>
 *   OPEN  --interrupt-->  channel closed  --channel()-->  OPEN
 *     +-------------------- close() ---------------------> CLOSED, for good
 * </pre>
 */
final class ReopenedFile implements AutoCloseable {
  private final Path path;
  private FileChannel channel;
  private boolean closed;

  ReopenedFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Returns the channel; throws when {@link #close} was called. */
  synchronized FileChannel channel() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (channel == null || !channel.isOpen()) {
      channel = FileChannel.open(path);
    }
    return channel;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw Failures.of(path, e);
      }
    }
  }
}
