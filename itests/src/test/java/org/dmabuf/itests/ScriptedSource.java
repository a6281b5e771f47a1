package org.dmabuf.itests;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;

/**
 * A frame source that does what a test tells it: it holds its reader at a point of a frame, or
 * fails at a frame. Frame n is full of a byte that belongs to n.
 *
 * <pre>
 *   read(i):  EMPTY -> first half written -> HALF -> other half written -> WRITTEN -> delivered(i): DELIVERED
 * </pre>
 */
final class ScriptedSource implements FrameSource {
  /** Where in a frame. */
  enum Point {
    EMPTY,
    HALF,
    WRITTEN,
    DELIVERED
  }

  private record Place(long frame, Point point) {}

  static final PixelFormat FORMAT = PixelFormat.GREY;

  private final int width;
  private final int height;
  private final long frames;
  private final Map<Place, Hold> holds = new ConcurrentHashMap<>();
  private final Map<Long, Errno> failures = new ConcurrentHashMap<>();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile long position;
  private volatile long read = -1;

  ScriptedSource(int width, int height, long frames) {
    this.width = width;
    this.height = height;
    this.frames = frames;
  }

  /** Holds the reader there from now on. */
  Hold hold(long frame, Point point) {
    Hold hold = new Hold("frame " + frame + " " + point);
    holds.put(new Place(frame, point), hold);
    return hold;
  }

  /** Fails when a frame is read. */
  void failAt(long frame, Errno error) {
    failures.put(frame, error);
  }

  /** Releases whoever is held, for a test that has failed. */
  void releaseAll() {
    holds.values().forEach(Hold::release);
    holds.clear();
  }

  /** What every sample of a frame is. */
  static byte sample(long frame) {
    return (byte) (17 + 31 * frame);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  long frames() {
    return frames;
  }

  @Override
  public SourceInfo info() {
    return new SourceInfo(
        "scripted",
        FORMAT,
        width,
        height,
        30,
        1,
        OptionalLong.of(frames),
        false,
        Optional.empty());
  }

  @Override
  public OptionalLong read(FrameTarget target) {
    try {
      reading.lockInterruptibly();
      try {
        return readNow(target);
      } finally {
        reading.unlock();
      }
    } catch (InterruptedException stop) {
      throw new DmaBufException(Errno.EINTR, "The reader of the scripted source was interrupted");
    }
  }

  private OptionalLong readNow(FrameTarget target) throws InterruptedException {
    long index = position;
    if (index >= frames) {
      return OptionalLong.empty();
    }
    Errno failure = failures.get(index);
    if (failure != null) {
      throw new DmaBufException(failure, "Frame " + index + " is broken on purpose");
    }
    come(index, Point.EMPTY);
    write(target, index, 0, height / 2);
    come(index, Point.HALF);
    write(target, index, height / 2, height);
    come(index, Point.WRITTEN);
    read = index;
    return OptionalLong.of(index);
  }

  @Override
  public void delivered(long index) {
    if (index > Math.max(read, position)) {
      throw new DmaBufException(Errno.EINVAL, "Frame " + index + " was not read yet");
    }
    position = Math.max(position, index + 1);
    try {
      come(index, Point.DELIVERED);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long dropped() {
    return 0;
  }

  private void write(FrameTarget target, long index, int from, int to) {
    FrameLayout.Plane plane = target.layout().planes().get(0);
    byte[] row = new byte[plane.rowBytes()];
    Arrays.fill(row, sample(index));
    for (int y = from; y < to; y++) {
      target.writeRow(0, y, row, 0);
    }
  }

  private void come(long frame, Point point) throws InterruptedException {
    Hold hold = holds.get(new Place(frame, point));
    if (hold != null) {
      hold.pass();
    }
  }
}
