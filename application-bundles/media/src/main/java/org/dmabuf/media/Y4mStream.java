package org.dmabuf.media;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Y4M stream (a named pipe) with a thread that takes its frames, one ahead, into one array. So a
 * reader that is interrupted does not lose the pipe, and a frame that was not delivered is there
 * still.
 *
 * <pre>
 *   OPENING --first line--> FILLING --a frame--> FULL --passed--> FILLING
 *      |                     |   |
 *      |                     |   +--end of stream--> ENDED
 *      +------ failure ------+------> BROKEN                 any --close--> CLOSED
 * </pre>
 *
 * <p>Safe for all threads; the lock is held for a few instructions only, never while the pipe is
 * read. The thread ends at the stream's end or with {@link #close}.
 */
final class Y4mStream implements AutoCloseable {
  private enum State {
    OPENING,
    FILLING,
    FULL,
    ENDED,
    BROKEN,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Y4mStream.class);
  private static final byte[] END = {};
  private static final int BUFFER = 1 << 16;
  private static final long CLOSE_MILLIS = 2000;

  private final Path path;
  private final long openNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private State state = State.OPENING;
  private Y4mHeader header;
  private FileChannel channel;
  private DmaBufException failure;
  private byte[] frame;
  private long number;

  /**
   * Begins to open a stream.
   *
   * @param path the named pipe
   * @param openNanos how long {@link #awaitHeader} waits for somebody who writes
   */
  Y4mStream(Path path, long openNanos) {
    this.path = path;
    this.openNanos = openNanos;
    this.thread = Thread.ofPlatform().daemon().name("dmabuf-media " + path).unstarted(this::run);
    thread.start();
  }

  /**
   * Waits for the first line.
   *
   * @throws DmaBufException EINVAL when it is none that is supported, ETIMEDOUT when none came,
   *     EINTR when the thread was interrupted
   */
  Y4mHeader awaitHeader() {
    lock.lock();
    try {
      long left = openNanos;
      while (state == State.OPENING) {
        if (left <= 0) {
          throw new DmaBufException(
              Errno.ETIMEDOUT,
              "Nobody wrote the first line of a Y4M stream to '%s' within %d s"
                  .formatted(path, TimeUnit.NANOSECONDS.toSeconds(openNanos)));
        }
        left = changed.awaitNanos(left);
      }
      if (header == null) {
        throw failure != null ? failure : closed();
      }
      return header;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a frame; returns an empty array at the stream's end. */
  byte[] awaitFrame(long index) {
    lock.lock();
    try {
      while (state == State.OPENING || state == State.FILLING) {
        changed.await();
      }
      return switch (state) {
        case FULL -> {
          if (number != index) {
            throw Limits.invalid(
                "Frame %d of stream '%s' is gone; frame %d is next".formatted(index, path, number));
          }
          yield frame;
        }
        case ENDED -> END;
        case BROKEN -> throw failure;
        default -> throw closed();
      };
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Lets the thread take the next frame when the one of this index is there. */
  void passed(long index) {
    lock.lock();
    try {
      if (state == State.FULL && number == index) {
        number++;
        become(State.FILLING);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try (FileChannel opened = FileChannel.open(path, StandardOpenOption.READ)) {
      if (!enter(opened)) {
        return;
      }
      InputStream in = new BufferedInputStream(Channels.newInputStream(opened), BUFFER);
      take(in);
    } catch (EOFException e) {
      if (header == null) {
        breakWith(
            Limits.invalid("Stream '" + path + "' is truncated: its first line does not end"));
      } else {
        fail("is truncated: it ended within frame " + number);
      }
    } catch (IOException e) {
      fail("cannot be read at frame " + number + ": " + e);
    } catch (DmaBufException e) {
      breakWith(e);
    }
  }

  /** The channel is known now, so that close can end its reads; false when it was closed before. */
  private boolean enter(FileChannel opened) {
    lock.lock();
    try {
      channel = opened;
      return state != State.CLOSED;
    } finally {
      lock.unlock();
    }
  }

  private void take(InputStream in) throws IOException {
    byte[] line = new byte[Y4mHeader.MAX_LINE];
    int length = line(in, line);
    if (length < 0) {
      throw Limits.invalid("Stream '" + path + "' is truncated: its first line does not end");
    }
    Y4mHeader parsed = Y4mHeader.parse("Stream '" + path + "'", line, length);
    byte[] data = new byte[Math.toIntExact(parsed.layout().size())];
    lock.lock();
    try {
      header = parsed;
      frame = data;
      if (state == State.OPENING) {
        become(State.FILLING);
      }
    } finally {
      lock.unlock();
    }
    while (awaitRoom()) {
      length = line(in, line);
      if (length == 0 || (length > 0 && !Y4mHeader.isFrame(line, length))) {
        fail("is broken: frame " + number + " does not begin with FRAME");
        return;
      }
      if (length < 0) {
        ended();
        return;
      }
      if (in.readNBytes(data, 0, data.length) < data.length) {
        throw new EOFException();
      }
      filled();
    }
  }

  /** Reads a line; -1 at the end of the stream before its first byte. */
  private static int line(InputStream in, byte[] line) throws IOException {
    for (int i = 0; i < line.length; i++) {
      int c = in.read();
      if (c < 0) {
        if (i == 0) {
          return -1;
        }
        throw new EOFException();
      }
      if (c == '\n') {
        return i;
      }
      line[i] = (byte) c;
    }
    return line.length;
  }

  private boolean awaitRoom() {
    lock.lock();
    try {
      while (state == State.FULL) {
        changed.awaitUninterruptibly();
      }
      return state == State.FILLING;
    } finally {
      lock.unlock();
    }
  }

  private void filled() {
    lock.lock();
    try {
      if (state == State.FILLING) {
        become(State.FULL);
      }
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    lock.lock();
    try {
      if (state == State.FILLING) {
        become(State.ENDED);
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(String how) {
    breakWith(new DmaBufException(Errno.EPIPE, "Stream '" + path + "' " + how));
  }

  private void breakWith(DmaBufException e) {
    lock.lock();
    try {
      if (state != State.CLOSED) {
        failure = e;
        become(State.BROKEN);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The lock is held. */
  private void become(State next) {
    state = next;
    changed.signalAll();
  }

  private DmaBufException closed() {
    return new DmaBufException(Errno.ENODEV, "Stream '" + path + "' is closed");
  }

  private DmaBufException interrupted() {
    return new DmaBufException(
        Errno.EINTR, "Waiting for stream '" + path + "' was interrupted; read again");
  }

  @Override
  public void close() {
    FileChannel opened;
    lock.lock();
    try {
      become(State.CLOSED);
      opened = channel;
    } finally {
      lock.unlock();
    }
    try {
      if (opened != null) {
        opened.close();
        thread.join(CLOSE_MILLIS);
      } else if (thread.isAlive()) {
        openBothWaysAndJoin();
      }
    } catch (IOException e) {
      throw Failures.of(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A thread that waits for somebody to open the pipe for writing is woken only by one who does.
   */
  private void openBothWaysAndJoin() throws IOException, InterruptedException {
    try (FileChannel both =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      LOG.debug("Opened {} so that its reader ends: {}", path, both.isOpen());
      thread.join(CLOSE_MILLIS);
    }
  }
}
