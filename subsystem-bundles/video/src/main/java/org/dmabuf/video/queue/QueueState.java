package org.dmabuf.video.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;

/**
 * The state of a queue: every method is one step under the monitor and calls nothing outside of
 * this package. What a step leaves to be done without the monitor it returns.
 *
 * <pre>
 *   slots     all buffers by index
 *   queued    those that wait for the device, in the order of queuing
 *   done      those that wait to be dequeued, in the order of finishing
 * </pre>
 */
final class QueueState {
  /** Whether anything was queued since the buffers came, or since the last stream off. */
  private enum Touched {
    NO,
    YES
  }

  /** Whether the format may be changed. */
  private enum Format {
    FREE,
    KEPT
  }

  private final QueueGuard guard;
  private final QueueType type;
  private final QueueLimits limits;
  private final VideoQueue.Timestamps timestamps;
  private final MmapPlaces places;
  private final BufferSlots slots;
  private final Stream stream = new Stream();
  private final Deque<VideoBuffer> queued = new ArrayDeque<>();
  private final Deque<VideoBuffer> done = new ArrayDeque<>();
  private MemoryType kind; // null without buffers
  private QueueFencing fencing = QueueFencing.NONE;
  private Format format = Format.FREE;
  private Touched touched = Touched.YES;
  private Thread waiter; // who waits in a dequeue; null for nobody
  private int inFlight; // queued, with the device, or done

  QueueState(
      String device,
      QueueType type,
      QueueLimits limits,
      VideoQueue.Timestamps timestamps,
      MmapPlaces places) {
    this.timestamps = timestamps;
    this.guard = new QueueGuard(device);
    this.type = type;
    this.limits = limits;
    this.places = places;
    this.slots = new BufferSlots(limits.most());
  }

  // ---- Who may call ----

  /** ENODEV; EBUSY for another file than the owner, or while a file reads or writes frames. */
  synchronized void check(Object by) {
    guard.check(by);
  }

  /** As {@link #check}, while a file reads or writes frames, too. */
  synchronized void checkNotOther(Object by) {
    guard.checkNotOther(by);
  }

  synchronized boolean isOwner(Object by) {
    return guard.isOwner(by);
  }

  synchronized void checkNoFileIo() {
    guard.checkNoFileIo();
  }

  synchronized boolean isFileIo() {
    return guard.isFileIo();
  }

  synchronized void beginFileIo(Object by) {
    guard.beginFileIo(by);
  }

  synchronized void driverIsGone() {
    guard.driverIsGone();
    notifyAll();
  }

  String device() {
    return guard.device();
  }

  DmaBufException error(Errno errno, String rest, Object... values) {
    return guard.error(errno, rest, values);
  }

  // ---- Buffers come and go ----

  /** REQBUFS, first step: takes all buffers away, which the caller drops. */
  synchronized List<VideoBuffer> beginRequest(
      Object by, Optional<MemoryType> wanted, boolean some) {
    checkKind(wanted);
    guard.check(by);
    checkIdle("keeps its buffers");
    if (some && waiter != null) {
      throw guard.error(
          Errno.EBUSY, "is dequeued from by %s; ask again after that", waiter.getName());
    }
    for (VideoBuffer buffer : slots.all()) {
      checkStill(buffer);
    }
    List<VideoBuffer> all = forgetAll();
    format = Format.FREE;
    if (!some) {
      guard.setOwner(null);
    }
    return all;
  }

  /** REQBUFS, second step: others may have come between. */
  synchronized void beginAllocation(Object by, MemoryType wanted) {
    guard.check(by);
    if (slots.count() != 0) {
      throw guard.error(Errno.EBUSY, "was given other buffers meanwhile; ask again");
    }
    kind = wanted;
    touched = type.isOutput() ? Touched.YES : Touched.NO;
  }

  /** CREATE_BUFS, first step; returns how many may be added. */
  synchronized int beginCreation(Object by, MemoryType wanted, int count) {
    guard.check(by);
    int room = slots.most() - slots.count();
    if (room == 0) {
      throw guard.error(Errno.ENOBUFS, "has %d buffers, which are all it can have", slots.count());
    }
    if (slots.count() == 0) {
      if (waiter != null) {
        throw guard.error(Errno.EBUSY, "is dequeued from by %s", waiter.getName());
      }
      beginAllocation(by, wanted);
    } else if (kind != wanted) {
      throw guard.error(Errno.EINVAL, "has %s buffers and was asked for %s", kind, wanted);
    }
    return Math.min(count, room);
  }

  /** Finds a place for so many, or as many as there is one for; the caller adds them at once. */
  synchronized VideoQueue.Created room(int wanted) {
    int count = Math.min(wanted, slots.most());
    int first = slots.room(count);
    while (first < 0 && count > 1) {
      count--;
      first = slots.room(count);
    }
    return new VideoQueue.Created(Math.max(first, 0), first < 0 ? 0 : count);
  }

  /** Adds a buffer, unless its place was taken meanwhile; returns whether it did. */
  synchronized boolean add(Object by, VideoBuffer buffer) {
    if (guard.isGone() || slots.find(buffer.index()).isPresent()) {
      return false;
    }
    slots.put(buffer);
    format = Format.KEPT;
    guard.setOwner(by);
    return true;
  }

  /** REMOVE_BUFS: takes a range away, which the caller drops. */
  synchronized List<VideoBuffer> remove(Object by, int first, int count) {
    guard.check(by);
    if (first < 0 || count < 0 || count > slots.most() || first > slots.most() - count) {
      throw guard.error(
          Errno.EINVAL, "was to remove %d buffers from %d on; it has %d", count, first, count());
    }
    List<VideoBuffer> range = new ArrayList<>(count);
    for (int index = first; index < first + count; index++) {
      VideoBuffer buffer = find(index);
      if (buffer.state != BufferState.DEQUEUED) {
        throw guard.error(Errno.EBUSY, "was to remove %s; dequeue it first", buffer);
      }
      range.add(buffer);
    }
    range.forEach(slots::remove);
    if (slots.count() == 0) {
      kind = null;
    }
    return range;
  }

  /**
   * The owner's file is closed, or the driver has gone: takes all buffers away. Those that another
   * thread moves it drops itself.
   */
  synchronized List<VideoBuffer> forgetAll() {
    List<VideoBuffer> all = slots.all();
    all.forEach(slots::remove);
    queued.clear();
    done.clear();
    inFlight = 0;
    kind = null;
    return all.stream().filter(buffer -> buffer.state != BufferState.MOVING).toList();
  }

  /** The owner's file is closed: nobody owns the queue, and the format is free. */
  synchronized void disown() {
    guard.endFileIo();
    guard.setOwner(null);
    format = Format.FREE;
  }

  // ---- To the device ----

  /** QBUF and PREPARE_BUF, first step: the caller has the buffer until it is taken or not. */
  synchronized VideoBuffer begin(
      Object by, QueueRequest request, BufferIntake intake, boolean prepares) {
    guard.checkNotOther(by);
    VideoBuffer buffer = find(request.index());
    if (request.memory().isEmpty() || request.memory().get() != kind) {
      throw guard.error(
          Errno.EINVAL,
          "has %s buffers and was given one of %s",
          kind,
          request.memory().map(MemoryType::name).orElse("no kind"));
    }
    boolean ready = buffer.readiness == VideoBuffer.Readiness.PREPARED;
    if (buffer.state != BufferState.DEQUEUED || (prepares && ready)) {
      throw guard.error(
          Errno.EINVAL, "was given %s%s; dequeue it first", buffer, ready ? ", prepared" : "");
    }
    if (stream.isBroken()) {
      throw guard.error(Errno.EIO, "cannot go on; switch the stream off to begin anew");
    }
    if (!ready) {
      intake.check(buffer, request, kind);
    }
    buffer.state = BufferState.MOVING;
    return buffer;
  }

  /** PREPARE_BUF, last step. */
  synchronized void prepared(VideoBuffer buffer) {
    checkStillHere(buffer);
    buffer.readiness = VideoBuffer.Readiness.PREPARED;
    buffer.state = BufferState.DEQUEUED;
  }

  /** QBUF, last step; returns whether the device is to begin with it. */
  synchronized boolean queued(VideoBuffer buffer, QueueRequest request) {
    checkStillHere(buffer);
    buffer.readiness = VideoBuffer.Readiness.PREPARED;
    buffer.position = VideoBuffer.Position.MIDDLE;
    buffer.timestampNanos = type.isOutput() ? request.timestampNanos() : 0;
    buffer.state = BufferState.QUEUED;
    queued.add(buffer);
    inFlight++;
    touched = Touched.YES;
    return inFlight >= limits.toStart() && stream.run();
  }

  /** A step that failed; returns whether the buffer was forgotten, so that the caller drops it. */
  synchronized boolean notTaken(VideoBuffer buffer) {
    buffer.state = BufferState.DEQUEUED;
    return isForgotten(buffer);
  }

  private boolean isForgotten(VideoBuffer buffer) {
    return slots.find(buffer.index()).orElse(null) != buffer;
  }

  private void checkStillHere(VideoBuffer buffer) {
    guard.checkHere();
    if (isForgotten(buffer)) {
      throw guard.error(Errno.EINVAL, "lost %s while it was queued: it was freed", buffer);
    }
  }

  // ---- The device ----

  /** Takes the next buffer for the device; empty when there is none, or it does not run. */
  synchronized Optional<VideoBuffer> activate() {
    if (peek().isEmpty()) {
      return Optional.empty();
    }
    VideoBuffer buffer = queued.remove();
    buffer.state = BufferState.ACTIVE;
    return Optional.of(buffer);
  }

  /** The next buffer as {@link #activate} would return it. */
  synchronized Optional<VideoBuffer> peek() {
    return stream.isRunning() && !stream.isEnded()
        ? Optional.ofNullable(queued.peek())
        : Optional.empty();
  }

  /** The device gives back a buffer that it could not begin with. */
  synchronized void putBack(VideoBuffer buffer) {
    if (stream.isRunning() && buffer.state == BufferState.ACTIVE) {
      buffer.state = BufferState.QUEUED;
      queued.addFirst(buffer);
    }
  }

  /** Which stream runs; for {@link #publish}. */
  synchronized long streamNumber() {
    return stream.number();
  }

  /** Accepts a buffer as finished, unless a stop came first; returns whether it did. */
  synchronized boolean accept(VideoBuffer buffer, FrameResult result, long nanos) {
    if (!stream.isRunning() || buffer.state != BufferState.ACTIVE) {
      return false;
    }
    buffer.state = result.isError() ? BufferState.ERROR : BufferState.DONE;
    result.applyTo(buffer, type.isOutput());
    if (result.isEnd()) {
      stream.ended();
    }
    buffer.sequence = stream.nextSequence();
    if (!type.isOutput()) {
      buffer.timestampNanos = nanos;
    }
    return true;
  }

  /** Takes an accepted buffer's fence, which the caller completes. */
  synchronized DmaFence takeFence(VideoBuffer buffer) {
    return buffer.takeFence();
  }

  /** Lets an accepted buffer be dequeued; its fence is complete by now. */
  synchronized void publish(VideoBuffer buffer, long ofStream) {
    if (stream.isRunning() && stream.number() == ofStream) {
      done.add(buffer);
      notifyAll();
    }
  }

  /** The device cannot go on. */
  synchronized void broken() {
    stream.broken();
    notifyAll();
  }

  // ---- From the device ----

  /** DQBUF, first step: takes a finished buffer; the caller gives it back. */
  synchronized VideoBuffer takeDone(Object by, boolean waits) throws InterruptedException {
    guard.checkNotOther(by);
    if (waiter != null) {
      throw guard.error(Errno.EBUSY, "is dequeued from by %s", waiter.getName());
    }
    while (done.isEmpty() || !stream.isOn()) {
      checkCanWait();
      if (!waits) {
        throw guard.error(Errno.EAGAIN, "has no finished buffer yet");
      }
      waiter = Thread.currentThread();
      try {
        wait();
      } finally {
        waiter = null;
      }
    }
    checkCanWait();
    return done.peek();
  }

  private void checkCanWait() {
    guard.checkHere();
    if (!stream.isOn()) {
      throw guard.error(Errno.EINVAL, "does not stream; switch the stream on before dequeuing");
    }
    if (stream.isBroken()) {
      throw guard.error(Errno.EIO, "cannot go on; switch the stream off to begin anew");
    }
    if (stream.isLastDequeued()) {
      throw guard.error(Errno.EPIPE, "has no more frames; switch the stream off to begin anew");
    }
  }

  /** DQBUF, second step: what is said of it, and it is on its way to the program. */
  synchronized BufferStatus beginDequeue(VideoBuffer buffer) {
    done.remove(buffer);
    inFlight--;
    BufferStatus status = status(buffer);
    if (!type.isOutput() && buffer.position == VideoBuffer.Position.LAST) {
      stream.lastDequeued();
    }
    buffer.state = BufferState.MOVING;
    return status;
  }

  /**
   * DQBUF, stream off, last step: it is the program's again; returns whether the buffer was
   * forgotten meanwhile, so that the caller drops it.
   */
  synchronized boolean givenBack(VideoBuffer buffer) {
    buffer.state = BufferState.DEQUEUED;
    buffer.readiness = VideoBuffer.Readiness.UNPREPARED;
    buffer.position = VideoBuffer.Position.MIDDLE;
    return isForgotten(buffer);
  }

  // ---- Stream on and off ----

  /** STREAMON; returns whether the device is to begin. */
  synchronized boolean start(Object by) {
    guard.check(by);
    return begin();
  }

  /** As {@link #start}, for the queue itself. */
  synchronized boolean begin() {
    if (stream.isStopping()) {
      throw guard.error(Errno.EBUSY, "is being switched off by another thread; ask again after it");
    }
    if (stream.isOn()) {
      return false;
    }
    if (slots.count() == 0 || slots.count() < limits.toStart()) {
      throw guard.error(
          Errno.EINVAL,
          "was to stream with %d buffers; request %d or more first",
          slots.count(),
          Math.max(1, limits.toStart()));
    }
    stream.begin();
    return inFlight >= limits.toStart() && stream.run();
  }

  /**
   * STREAMOFF, first step, after another thread's that is on its way; returns whether the device
   * has to be stopped.
   */
  synchronized boolean stop() {
    boolean interrupted = false;
    while (stream.isStopping()) {
      try {
        wait();
      } catch (InterruptedException later) {
        interrupted = true; // it takes no longer than the device needs to end its frame
      }
    }
    boolean runs = stream.stop();
    notifyAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return runs;
  }

  /** STREAMOFF, second step: returns all that go back, of which the caller has all. */
  synchronized List<VideoBuffer> cancel() {
    List<VideoBuffer> back = new ArrayList<>();
    for (VideoBuffer buffer : slots.all()) {
      if (buffer.state != BufferState.MOVING) {
        buffer.state = BufferState.MOVING;
        back.add(buffer);
      }
    }
    queued.clear();
    done.clear();
    inFlight = 0;
    touched = type.isOutput() ? Touched.YES : Touched.NO;
    return back;
  }

  synchronized void stopped() {
    stream.stopped();
    notifyAll();
  }

  // ---- What there is ----

  synchronized BufferStatus status(int index) {
    guard.checkHere();
    return status(find(index));
  }

  private BufferStatus status(VideoBuffer buffer) {
    return buffer.status(kind, timestamps == VideoQueue.Timestamps.COPIED, places);
  }

  synchronized int count() {
    return slots.count();
  }

  synchronized boolean keepsFormat() {
    return format == Format.KEPT;
  }

  synchronized boolean isOn() {
    return stream.isOn();
  }

  synchronized boolean isRunning() {
    return stream.isRunning();
  }

  synchronized boolean isBroken() {
    return stream.isBroken();
  }

  synchronized boolean isLastDequeued() {
    return stream.isLastDequeued();
  }

  synchronized boolean isUntouched() {
    return touched == Touched.NO;
  }

  synchronized boolean hasDone() {
    return !done.isEmpty();
  }

  synchronized int queuedCount() {
    return queued.size();
  }

  synchronized QueueFencing fencing() {
    return fencing;
  }

  synchronized void setFencing(Object by, QueueFencing mode) {
    guard.check(by);
    checkIdle("keeps its fencing");
    fencing = mode;
  }

  /** Returns an MMAP plane of a buffer; EINVAL. */
  synchronized MmapMemory mmapPlane(int index, int plane) {
    if (kind != MemoryType.MMAP) {
      throw guard.error(
          Errno.EINVAL, "has %s and no MMAP buffers", kind == null ? "no buffers" : kind);
    }
    VideoBuffer buffer = find(index);
    if (plane < 0 || plane >= buffer.planeCount()) {
      throw guard.error(
          Errno.EINVAL, "has no plane %d in %s; it has %d", plane, buffer, buffer.planeCount());
    }
    return (MmapMemory) buffer.plane(plane).memory;
  }

  private VideoBuffer find(int index) {
    return slots
        .find(index)
        .orElseThrow(
            () ->
                guard.error(
                    Errno.EINVAL,
                    "has no buffer %s; it has %d",
                    Integer.toUnsignedString(index),
                    slots.count()));
  }

  private void checkIdle(String keeps) {
    if (!stream.isOff()) {
      throw guard.error(Errno.EBUSY, "streams and %s; switch the stream off first", keeps);
    }
  }

  private void checkStill(VideoBuffer buffer) {
    if (buffer.state == BufferState.MOVING) {
      throw guard.error(
          Errno.EBUSY, "is being given %s by another thread; ask again after it", buffer);
    }
  }

  private void checkKind(Optional<MemoryType> wanted) {
    if (wanted.isEmpty()) {
      throw kindless();
    }
  }

  DmaBufException kindless() {
    return guard.error(
        Errno.EINVAL,
        "was asked for a kind of memory that there is none of; MMAP, USERPTR, DMABUF");
  }
}
