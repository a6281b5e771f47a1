package org.dmabuf.video.queue;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.WaitQueue;
import org.dmabuf.memory.MemoryAccount;

/**
 * A device's queue of buffers, as the calls of V4L2 see it; see {@link BufferState} for a buffer's
 * way, {@link Stream} for the queue's and {@link QueueGuard} for who may call.
 *
 * <pre>
 *   program   queue --> [ QUEUED ... ] --activate--> {@link DeviceSide} --finish--> [ DONE ... ] --> dequeue
 * </pre>
 *
 * <p>Who calls is told by an object, usually the open file: the one that requests or creates
 * buffers owns the queue until it frees them, and the others get EBUSY. After {@link #leave} every
 * call gets ENODEV. Thread-safe; no lock is held while memory is mapped or given back, nor while
 * the device is told. Kernel counterpart: {@code struct vb2_queue}, {@code videobuf2-core.c}.
 */
public final class VideoQueue {
  /**
   * What was created.
   *
   * @param index of the first one
   * @param count how many, with adjacent indexes
   */
  public record Created(int index, int count) {}

  /** Where the times of buffers come from. */
  public enum Timestamps {
    /** The product's clock, when the device was done. */
    MONOTONIC,
    /** The frame that went in. */
    COPIED
  }

  private final QueueFences fences;
  private final QueueMapping mapping;
  private final IntConsumer waker;
  private final QueueState state;
  private final Allocation allocation;
  private final Submission submission;
  private final DeviceSide deviceSide;
  private final Retrieval retrieval;
  private final StreamSwitch streamSwitch;
  private final FileIo files;
  private volatile QueueWork work;

  /**
   * Makes a queue without buffers; {@link #setWork} completes it.
   *
   * @param device the device's name, for messages, never null
   * @param type never null
   * @param limits never null
   * @param memory where its memory comes from, never null
   * @param timestamps where the times of its buffers come from, never null
   * @param firstOffset where its planes are mapped in the device's file: a multiple of the page
   *     size
   * @param waiters whom to wake when a buffer is done, never null
   */
  public VideoQueue(
      String device,
      QueueType type,
      QueueLimits limits,
      QueueMemory memory,
      Timestamps timestamps,
      long firstOffset,
      WaitQueue waiters) {
    this(device, type, limits, memory, timestamps, firstOffset, waiters::wake);
  }

  /**
   * As the other constructor.
   *
   * @param waker told which events there may be when a buffer is done, never null
   */
  public VideoQueue(
      String device,
      QueueType type,
      QueueLimits limits,
      QueueMemory memory,
      Timestamps timestamps,
      long firstOffset,
      IntConsumer waker) {
    this.waker = waker;
    MmapPlaces places = new MmapPlaces(firstOffset, memory.registry().pageSize());
    this.state = new QueueState(device, type, limits, timestamps, places);
    this.fences = new QueueFences(memory.registry().fenceContext("v4l2", device), type.isOutput());
    BufferIntake intake = new BufferIntake(device, type, memory);
    this.allocation = new Allocation(state, memory, intake, fences);
    this.submission = new Submission(state, intake, fences);
    this.retrieval = new Retrieval(state);
    this.deviceSide = new DeviceSide(state, fences, memory.registry().clock(), retrieval, waker);
    this.mapping = new QueueMapping(state, memory, places);
    this.streamSwitch = new StreamSwitch(state, fences, retrieval);
    this.files = new FileIo(this, state, memory.registry().meter());
  }

  /** Sets who works behind it, once, before anybody calls. */
  public void setWork(QueueWork device) {
    work = Objects.requireNonNull(device, "device");
  }

  /** Returns what its device does with it, never null. */
  public DeviceSide device() {
    return deviceSide;
  }

  /** Returns what programs do with the memory of its buffers, never null. */
  public QueueMapping mapping() {
    return mapping;
  }

  /** Returns the queue as a file, never null. */
  public FileIo files() {
    return files;
  }

  /** Returns its type, never null. */
  public QueueType type() {
    return state.type;
  }

  /** Returns how many buffers it can have, never null. */
  public QueueLimits limits() {
    return state.limits;
  }

  /** Returns how many buffers it has, at most {@link QueueLimits#most}. */
  public int count() {
    synchronized (state) {
      return state.slots.count();
    }
  }

  /** Returns whether a stream is on. */
  public boolean isStreaming() {
    synchronized (state) {
      return state.stream.isOn();
    }
  }

  /** Returns whether there are, or were, buffers whose format must stay: {@code vb2_is_busy()}. */
  public boolean keepsFormat() {
    synchronized (state) {
      return state.format == QueueState.Format.KEPT;
    }
  }

  /** Returns how it fences, never null. */
  public QueueFencing fencing() {
    return state.fencing();
  }

  /**
   * Sets how it fences.
   *
   * @throws DmaBufException EBUSY while streaming, or when another file owns it
   */
  public void setFencing(Object by, QueueFencing mode) {
    state.setFencing(by, Objects.requireNonNull(mode, "mode"));
  }

  /**
   * Frees all buffers and makes others: REQBUFS. What is mapped or exported of the old ones lives
   * on.
   *
   * @param kind whose memory; empty for a number that is none; never null
   * @param count unsigned; fewer than the queue's least and more than its most become these; 0
   *     frees, and gives the queue up
   * @param sizes bytes of each plane
   * @param account whom the device's memory is charged to, never null
   * @return how many there are now
   * @throws DmaBufException EINVAL without a kind; EBUSY for another file than the owner, while
   *     streaming or while a thread waits for a buffer; ENOMEM
   */
  public int requestBuffers(
      Object by, Optional<MemoryType> kind, int count, long[] sizes, MemoryAccount account) {
    return allocation.request(by, kind, count, sizes, account);
  }

  /**
   * Adds buffers: CREATE_BUFS.
   *
   * @param count unsigned; 0 only asks
   * @return where and how many; for 0, how many there are
   * @throws DmaBufException EINVAL without a kind, or for another one than the buffers have that
   *     there are; ENOBUFS when there are as many as can be; EBUSY for another file; ENOMEM
   */
  public Created createBuffers(
      Object by, Optional<MemoryType> kind, int count, long[] sizes, MemoryAccount account) {
    return allocation.create(by, kind, count, sizes, account);
  }

  /**
   * Removes buffers: REMOVE_BUFS.
   *
   * @param count 0 does nothing
   * @throws DmaBufException EINVAL for a range with holes or beyond the end; EBUSY when one of them
   *     is not the program's, or for another file
   */
  public void removeBuffers(Object by, int first, int count) {
    if (count != 0) {
      allocation.remove(by, first, count);
    }
  }

  /**
   * Returns what there is to say of a buffer: QUERYBUF. Anybody may ask.
   *
   * @throws DmaBufException EINVAL when there is none of that index
   */
  public BufferStatus query(int index) {
    return state.status(index);
  }

  /**
   * As {@link #query}; empty when there is none of that index, also when the driver took it along.
   */
  public Optional<BufferStatus> find(int index) {
    synchronized (state) {
      return state.slots.find(index).map(state::status);
    }
  }

  /**
   * Maps a buffer for the device without giving it: PREPARE_BUF. Then the next queue takes it as it
   * is.
   *
   * @throws DmaBufException as {@link #queue}; EINVAL when it is prepared
   */
  public void prepare(Object by, QueueRequest request) {
    state.check(by);
    submission.prepare(by, request);
  }

  /**
   * Gives a buffer to the device: QBUF.
   *
   * @return the fence for when the device is done, when one was wanted; never null
   * @throws DmaBufException EINVAL for no such index, another kind of memory, a buffer that is not
   *     dequeued, a descriptor that is no dma-buf, memory that is too small, a frame that is not
   *     whole, or fences that the queue does not do; EFAULT when memory is shorter than said or the
   *     device cannot use it; EIO when the device cannot go on; EBUSY for another file; the
   *     exporter's errors. Then the index has no dma-buf any more, unless it was not dequeued
   */
  public Optional<DmaFence> queue(Object by, QueueRequest request) {
    state.check(by);
    return enqueue(by, request);
  }

  Optional<DmaFence> enqueue(Object by, QueueRequest request) {
    Submission.Queued queued = submission.queue(by, request);
    if (queued.starts()) {
      work.start();
    }
    work.ready();
    return queued.fence();
  }

  /**
   * Takes a finished buffer back: DQBUF, in the order of finishing.
   *
   * @param waits whether to wait for one, for as long as the stream is on
   * @return what there is to say of it, never null
   * @throws DmaBufException EAGAIN when there is none and it does not wait; EINVAL when the device
   *     does not stream, also when that is switched off meanwhile; EPIPE after the last buffer; EIO
   *     when the device cannot go on; EBUSY for another file, and while another thread waits; EINTR
   *     when the thread is interrupted (its flag stays set)
   */
  public BufferStatus dequeue(Object by, boolean waits) {
    state.checkTake(by);
    return takeBack(by, waits);
  }

  /**
   * As {@link #dequeue}, with what the device knows of the frame. What was done before the driver
   * left comes before ENODEV.
   */
  public TakenFrame dequeueFrame(Object by, boolean waits) {
    state.checkTake(by);
    return retrieval.dequeue(by, waits, TakenFrame::new);
  }

  BufferStatus takeBack(Object by, boolean waits) {
    return retrieval.dequeue(by, waits, (status, note) -> status);
  }

  /**
   * Starts the stream: STREAMON; nothing when it is on. The device begins when enough buffers are
   * queued.
   *
   * @throws DmaBufException EINVAL without buffers, or with fewer than the device needs to start;
   *     EBUSY for another file, or while it is being switched off
   */
  public void streamOn(Object by) {
    state.check(by);
    begin();
  }

  void begin() {
    if (streamSwitch.on()) {
      work.start();
      work.ready();
    }
  }

  /**
   * Stops the stream: STREAMOFF. All buffers are the program's, prepared ones and those that were
   * done included; their fences that are pending complete with ECANCELED. Also when it is off.
   *
   * @throws DmaBufException EBUSY for another file
   */
  public void streamOff(Object by) {
    state.check(by);
    stop();
  }

  private void stop() {
    streamSwitch.off(work);
    waker.accept(PollEvents.POLLERR);
  }

  /**
   * Gives up what a file has of the queue; for a file that is closed. Nothing when it is not the
   * owner.
   */
  public void release(Object by) {
    synchronized (state) {
      if (!state.guard.isOwner(by)) {
        return;
      }
    }
    stop();
    allocation.end();
    files.end();
    synchronized (state) {
      state.done.clear();
      state.guard.endFileIo();
      state.guard.setOwner(null);
      state.format = QueueState.Format.FREE;
    }
  }

  /**
   * Has the next stream go on with the one that a predecessor's end has cut off; for a queue that
   * nobody has used yet. The streams after it begin at 0 as always.
   *
   * @param sequence the number of its first frame, 0 or more
   */
  public void continueFrom(long sequence) {
    synchronized (state) {
      state.stream.continueFrom(sequence);
    }
  }

  /**
   * The driver leaves: ends the stream and gives up all buffers; all calls get ENODEV. Only what
   * was done before can still be dequeued, by who owns the queue.
   *
   * @return the number that the stream's next frame would have had; that of the first one, when a
   *     stream was to go on with a predecessor's and has not begun; else empty
   */
  public OptionalLong leave() {
    boolean cutOff;
    long first;
    synchronized (state) {
      cutOff = state.stream.isOn();
      first = state.stream.first();
      state.guard.driverLeaves();
      state.notifyAll();
    }
    stop();
    allocation.end();
    fences.close();
    long next;
    synchronized (state) {
      next = state.stream.sequence();
      state.guard.driverIsGone();
      state.notifyAll();
    }
    waker.accept(PollEvents.POLLERR | PollEvents.POLLHUP);
    if (cutOff) {
      return OptionalLong.of(next);
    }
    return first > 0 ? OptionalLong.of(first) : OptionalLong.empty();
  }

  /** Returns what is ready of a poll: IN or OUT, or ERR. Only what is asked counts. */
  public int poll(int events) {
    int ours = type().isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN;
    if ((events & ours) == 0) {
      return 0;
    }
    synchronized (state) {
      boolean untouched = state.touched == QueueState.Touched.NO;
      if (!state.stream.isOn() || state.stream.isBroken() || untouched) {
        return PollEvents.POLLERR;
      }
      return state.done.isEmpty() && !state.stream.isLastDequeued() ? 0 : ours;
    }
  }
}
