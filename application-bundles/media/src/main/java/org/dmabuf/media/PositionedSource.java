package org.dmabuf.media;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;

/**
 * A source's position: which frame is next, and whether it was read but not delivered.
 *
 * <pre>
 *                 read: a frame, or EIO
 *   WAITING(i)  ----------------------->  READ(i)  --+
 *       ^                                   |   ^    | read again: same frame
 *       +---- delivered(i): i becomes i+1 --+   +----+
 * </pre>
 *
 * <p>One lock lets one reader in at a time and is held while a frame is read; the position has a
 * monitor of its own, held for a few instructions only, so that {@link #delivered} never waits for
 * a reader.
 */
final class PositionedSource implements OpenFrameSource {
  private enum State {
    WAITING,
    READ,
    CLOSED
  }

  private final FrameReader reader;
  private final SourceInfo info;
  private final Optional<LivePace> pace;
  private final ReentrantLock reading = new ReentrantLock();
  private final Object monitor = new Object();
  private State state = State.WAITING;
  private long position;
  private long dropped;

  PositionedSource(FrameReader reader, Optional<LivePace> pace) {
    this.reader = reader;
    this.info = reader.info();
    this.pace = pace;
  }

  @Override
  public SourceInfo info() {
    return info;
  }

  @Override
  public OptionalLong read(FrameTarget target) {
    check(target.layout());
    try {
      reading.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try {
      long index = next();
      if (!produce(index, target)) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(index);
    } catch (DmaBufException e) {
      // A reader whose file is closed under it fails in its own words.
      checkOpen();
      throw e;
    } finally {
      reading.unlock();
    }
  }

  private boolean produce(long index, FrameTarget target) {
    try {
      boolean there = reader.read(index, target);
      if (there) {
        markRead(index);
      }
      return there;
    } catch (DmaBufException e) {
      if (e.errno() == Errno.EIO) {
        markRead(index);
      }
      throw e;
    }
  }

  private void markRead(long index) {
    synchronized (monitor) {
      if (state == State.WAITING && position == index) {
        state = State.READ;
      }
    }
  }

  /** The index to read: the position, or a later one when a live source was not read in time. */
  private long next() {
    long wanted;
    synchronized (monitor) {
      checkOpen();
      if (state == State.READ || pace.isEmpty()) {
        return position;
      }
      wanted = position;
    }
    long due;
    try {
      due = pace.orElseThrow().await(wanted, this::isClosed);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    synchronized (monitor) {
      checkOpen();
      dropped += due - position;
      position = due;
      return position;
    }
  }

  @Override
  public void delivered(long index) {
    synchronized (monitor) {
      if (index >= 0 && index < position) {
        return;
      }
      if (index != position || state == State.WAITING) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Frame %d of source '%s' cannot be delivered: it was not read; the next one is %d"
                .formatted(index, info.name(), position));
      }
      position++;
      if (state == State.READ) {
        state = State.WAITING;
      }
    }
    reader.passed(index);
  }

  @Override
  public long position() {
    synchronized (monitor) {
      return position;
    }
  }

  @Override
  public long dropped() {
    synchronized (monitor) {
      return dropped;
    }
  }

  @Override
  public void close() {
    synchronized (monitor) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
    }
    reader.close();
  }

  private boolean isClosed() {
    synchronized (monitor) {
      return state == State.CLOSED;
    }
  }

  private void checkOpen() {
    if (isClosed()) {
      throw new DmaBufException(
          Errno.ENODEV, "Source '" + info.name() + "' is closed and cannot be read");
    }
  }

  private void check(FrameLayout layout) {
    if (layout.format() != info.format()
        || layout.width() != info.width()
        || layout.height() != info.height()) {
      throw Limits.invalid(
          "Source '%s' delivers %s %dx%d and cannot fill a frame of %s %dx%d"
              .formatted(
                  info.name(),
                  info.format(),
                  info.width(),
                  info.height(),
                  layout.format(),
                  layout.width(),
                  layout.height()));
    }
  }

  private DmaBufException interrupted() {
    return new DmaBufException(
        Errno.EINTR, "Reading from source '" + info.name() + "' was interrupted; read again");
  }
}
