package org.dmabuf.video;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;

/**
 * A source of small grey frames, each filled with its index; at chosen frames it fails, or runs a
 * test's step.
 */
final class TestSource implements FrameSource {
  static final VideoFormat FORMAT = new VideoFormat(PixelFormat.GREY, 16, 16);

  /** What happens in the read of a frame, after it was written. */
  interface Step {
    void run() throws InterruptedException;
  }

  final List<String> calls = new ArrayList<>();
  final Map<Long, Step> steps = new ConcurrentHashMap<>();
  final Map<Long, Errno> failures = new ConcurrentHashMap<>();
  private final long frames;
  private long position;

  TestSource(long frames) {
    this.frames = frames;
  }

  @Override
  public SourceInfo info() {
    return new SourceInfo(
        "test",
        FORMAT.format(),
        FORMAT.width(),
        FORMAT.height(),
        25,
        1,
        OptionalLong.of(frames),
        false,
        Optional.empty());
  }

  @Override
  public OptionalLong read(FrameTarget target) {
    long at = position();
    log("read " + at);
    if (at >= frames) {
      return OptionalLong.empty();
    }
    Errno failure = failures.get(at);
    if (failure != null) {
      throw new DmaBufException(failure, "frame " + at + " of the test source is bad");
    }
    target.view().fill(0, target.layout().size(), (byte) at);
    Step step = steps.get(at);
    if (step != null) {
      try {
        step.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DmaBufException(Errno.EINTR, "interrupted at frame " + at);
      }
    }
    return OptionalLong.of(at);
  }

  @Override
  public void delivered(long index) {
    log("delivered " + index);
    synchronized (this) {
      position = Math.max(position, index + 1);
      notifyAll();
    }
  }

  @Override
  public synchronized long position() {
    return position;
  }

  @Override
  public long dropped() {
    return 0;
  }

  synchronized void log(String call) {
    calls.add(call);
    notifyAll();
  }

  synchronized void awaitCall(String call) throws InterruptedException {
    while (!calls.contains(call)) {
      wait();
    }
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Makes the read of a frame say that it is there, and wait until it is let go. */
  Gate gateAt(long frame) {
    Gate gate = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    steps.put(
        frame,
        () -> {
          gate.reached.countDown();
          gate.open.await();
        });
    return gate;
  }

  /** A place at which a read waits. */
  record Gate(CountDownLatch reached, CountDownLatch open) {}
}
