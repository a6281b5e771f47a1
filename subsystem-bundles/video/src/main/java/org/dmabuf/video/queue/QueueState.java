package org.dmabuf.video.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The state of a queue, whose monitor guards all of it. What is done with it stands in the classes
 * named here, each of whose steps takes the monitor, and none of which calls a driver or another
 * bundle with it.
 *
 * <pre>
 *   {@link Allocation}   buffers come and go             slots, kind, format
 *   {@link Submission}   from the program to the device  queued
 *   {@link DeviceSide}   from the device                 queued, done
 *   {@link Retrieval}    to the program                  done
 *   {@link StreamSwitch} stream on and off, the end      stream, and all of it
 * </pre>
 */
final class QueueState {
  /** Whether anything was queued since the buffers came, or since the last stream off. */
  enum Touched {
    NO,
    YES
  }

  /** Whether the format may be changed. */
  enum Format {
    FREE,
    KEPT
  }

  final QueueType type;
  final QueueLimits limits;
  final QueueGuard guard;
  final BufferSlots slots;
  final Stream stream = new Stream();

  /** Those that wait for the device, in the order of queuing. */
  final Deque<VideoBuffer> queued = new ArrayDeque<>();

  /** Those that wait to be dequeued, in the order of finishing. */
  final Deque<VideoBuffer> done = new ArrayDeque<>();

  /** Whose memory; null without buffers. */
  MemoryType kind;

  /** Counts how often the queue got buffers anew, so that who adds some finds out. */
  long generation;

  QueueFencing fencing = QueueFencing.NONE;
  Format format = Format.FREE;
  Touched touched = Touched.YES;

  /** Who waits in a dequeue; null for nobody. */
  Thread waiter;

  /** How many are queued, with the device, or done. */
  int inFlight;

  private final VideoQueue.Timestamps timestamps;
  private final MmapPlaces places;

  QueueState(
      String device,
      QueueType type,
      QueueLimits limits,
      VideoQueue.Timestamps timestamps,
      MmapPlaces places) {
    this.type = type;
    this.limits = limits;
    this.timestamps = timestamps;
    this.places = places;
    this.guard = new QueueGuard(device);
    this.slots = new BufferSlots(limits.most());
  }

  /** ENODEV; EBUSY for another file than the owner, or while a file reads or writes frames. */
  synchronized void check(Object by) {
    guard.check(by);
  }

  /** As {@link #check} for what is taken back, which a driver that has left does not hinder. */
  synchronized void checkTake(Object by) {
    guard.checkMayTake(by);
    guard.checkNoFileIo();
  }

  /** As {@link #check}, while a file reads or writes frames, too. */
  synchronized void checkNotOther(Object by) {
    guard.checkNotOther(by);
  }

  /** EBUSY while a file reads or writes frames. */
  synchronized void checkNoFileIo() {
    guard.checkNoFileIo();
  }

  /** EBUSY unless the stream is off. */
  void checkIdle(String keeps) {
    if (!stream.isOff()) {
      throw error(Errno.EBUSY, "streams and %s; switch the stream off first", keeps);
    }
  }

  /** Returns a buffer; EINVAL when there is none of that index. */
  VideoBuffer find(int index) {
    return slots
        .find(index)
        .orElseThrow(
            () ->
                error(
                    Errno.EINVAL,
                    "has no buffer %s; it has %d",
                    Integer.toUnsignedString(index),
                    slots.count()));
  }

  /** The queue gets buffers of a kind, having none. */
  void begin(MemoryType with) {
    kind = with;
    generation++;
    untouch();
  }

  /** Whether a buffer that somebody moves was forgotten meanwhile, so that he drops it. */
  boolean isForgotten(VideoBuffer buffer) {
    return slots.find(buffer.index()).orElse(null) != buffer;
  }

  /** From now on a poll is an error until something is queued, where the device writes. */
  void untouch() {
    touched = type.isOutput() ? Touched.YES : Touched.NO;
  }

  synchronized BufferStatus status(int index) {
    guard.checkHere();
    return status(find(index));
  }

  BufferStatus status(VideoBuffer buffer) {
    return buffer.status(kind, timestamps == VideoQueue.Timestamps.COPIED, places);
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
      throw error(Errno.EINVAL, "has %s and no MMAP buffers", kind == null ? "no buffers" : kind);
    }
    VideoBuffer buffer = find(index);
    if (plane < 0 || plane >= buffer.planeCount()) {
      throw error(
          Errno.EINVAL, "has no plane %d in %s; it has %d", plane, buffer, buffer.planeCount());
    }
    return (MmapMemory) buffer.plane(plane).memory;
  }

  /** What a call failed with, which is ENODEV when the driver left meanwhile, whatever it met. */
  synchronized DmaBufException orGone(DmaBufException met) {
    return guard.isLeaving() && met.errno() != Errno.ENODEV
        ? error(
            Errno.ENODEV,
            "went with its driver meanwhile; its successor would work (%s)",
            met.sentence())
        : met;
  }

  DmaBufException error(Errno errno, String rest, Object... values) {
    return guard.error(errno, rest, values);
  }
}
