package org.dmabuf.video.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.MemoryAccount;

/**
 * How buffers come and go: REQBUFS, CREATE_BUFS, REMOVE_BUFS and the end of their owner.
 *
 * <pre>
 *   take away (monitor) --> drop --> [ allocate --> add (monitor) ] for each
 * </pre>
 *
 * <p>Kernel counterpart: {@code vb2_core_reqbufs()}, {@code vb2_core_create_bufs()}, {@code
 * vb2_core_remove_bufs()}.
 */
final class Allocation {
  private final QueueState state;
  private final QueueMemory memory;
  private final BufferIntake intake;
  private final QueueFences fences;

  Allocation(QueueState state, QueueMemory memory, BufferIntake intake, QueueFences fences) {
    this.state = state;
    this.memory = memory;
    this.intake = intake;
    this.fences = fences;
  }

  /** As {@link VideoQueue#requestBuffers}. */
  int request(
      Object by, Optional<MemoryType> kind, int count, long[] sizes, MemoryAccount account) {
    drop(takeAll(by, kind, count != 0));
    if (count == 0) {
      return 0;
    }
    long generation;
    int wanted =
        Math.clamp(Integer.toUnsignedLong(count), state.limits.least(), state.limits.most());
    synchronized (state) {
      state.guard.check(by);
      if (state.slots.count() != 0) {
        throw state.error(Errno.EBUSY, "was given other buffers meanwhile; ask again");
      }
      state.begin(kind.get());
      generation = state.generation;
    }
    VideoQueue.Created made = grow(by, kind.get(), generation, wanted, sizes, account);
    if (made.count() == 0 || made.count() < state.limits.least()) {
      checkGeneration(generation);
      drop(forget());
      throw noMemory(sizes, wanted);
    }
    return made.count();
  }

  private List<VideoBuffer> takeAll(Object by, Optional<MemoryType> kind, boolean some) {
    synchronized (state) {
      checkKind(kind);
      state.guard.check(by);
      state.checkIdle("keeps its buffers");
      if (some) {
        checkNobodyWaits();
      }
      for (VideoBuffer buffer : state.slots.all()) {
        if (buffer.state == BufferState.MOVING) {
          throw state.error(
              Errno.EBUSY, "is being given %s by another thread; ask again after it", buffer);
        }
      }
      List<VideoBuffer> all = forget();
      state.format = QueueState.Format.FREE;
      if (!some) {
        state.guard.setOwner(null);
      }
      return all;
    }
  }

  /** As {@link VideoQueue#createBuffers}. */
  VideoQueue.Created create(
      Object by, Optional<MemoryType> kind, int count, long[] sizes, MemoryAccount account) {
    checkKind(kind);
    int wanted;
    long generation;
    synchronized (state) {
      if (count == 0) {
        return new VideoQueue.Created(state.slots.count(), 0);
      }
      state.guard.check(by);
      int room = state.slots.most() - state.slots.count();
      if (room == 0) {
        throw state.error(
            Errno.ENOBUFS, "has %d buffers, which are all it can have", state.slots.count());
      }
      if (state.slots.count() == 0) {
        checkNobodyWaits();
        state.begin(kind.get());
      } else if (state.kind != kind.get()) {
        throw state.error(
            Errno.EINVAL, "has %s buffers and was asked for %s", state.kind, kind.get());
      }
      wanted = (int) Math.min(Integer.toUnsignedLong(count), room);
      generation = state.generation;
    }
    VideoQueue.Created made = grow(by, kind.get(), generation, wanted, sizes, account);
    if (made.count() == 0) {
      checkGeneration(generation);
      throw noMemory(sizes, wanted);
    }
    return made;
  }

  /** As {@link VideoQueue#removeBuffers}. */
  void remove(Object by, int first, int count) {
    List<VideoBuffer> range = new ArrayList<>();
    synchronized (state) {
      state.guard.check(by);
      int most = state.slots.most();
      if (first < 0 || count < 0 || count > most || first > most - count) {
        throw state.error(
            Errno.EINVAL,
            "was to remove %d buffers from %d on; it can have %d",
            count,
            first,
            most);
      }
      for (int index = first; index < first + count; index++) {
        VideoBuffer buffer = state.find(index);
        if (buffer.state != BufferState.DEQUEUED) {
          throw state.error(Errno.EBUSY, "was to remove %s; dequeue it first", buffer);
        }
        range.add(buffer);
      }
      range.forEach(state.slots::remove);
      if (state.slots.count() == 0) {
        state.kind = null;
      }
    }
    drop(range);
  }

  /** The owner's file is closed, or the driver goes: gives all up. */
  void end() {
    drop(forget());
  }

  /**
   * Takes all away; those that another thread moves it drops itself. What was done before a driver
   * left can still be dequeued, without its memory.
   */
  private List<VideoBuffer> forget() {
    synchronized (state) {
      List<VideoBuffer> all = state.slots.all();
      all.forEach(state.slots::remove);
      state.queued.clear();
      state.inFlight = 0;
      if (!state.guard.isLeaving()) {
        state.done.clear();
        state.kind = null;
      }
      return all.stream().filter(buffer -> buffer.state != BufferState.MOVING).toList();
    }
  }

  private void drop(List<VideoBuffer> buffers) {
    for (VideoBuffer buffer : buffers) {
      fences.complete(buffer.takeFence(), Errno.ECANCELED);
      buffer.drop();
    }
  }

  private VideoQueue.Created grow(
      Object by,
      MemoryType kind,
      long generation,
      int wanted,
      long[] sizes,
      MemoryAccount account) {
    VideoQueue.Created room = room(wanted);
    int made = 0;
    while (made < room.count()) {
      VideoBuffer buffer = new VideoBuffer(room.index() + made, sizes);
      if (!allocate(buffer, kind, account) || !add(by, buffer, generation)) {
        buffer.drop();
        break;
      }
      made++;
    }
    return new VideoQueue.Created(room.index(), made);
  }

  /** Where so many fit next to each other, or as many as fit anywhere. */
  private VideoQueue.Created room(int wanted) {
    synchronized (state) {
      int count = wanted;
      int first = state.slots.room(count);
      while (first < 0 && count > 1) {
        count--;
        first = state.slots.room(count);
      }
      return new VideoQueue.Created(Math.max(first, 0), first < 0 ? 0 : count);
    }
  }

  /** Gives a buffer the device's own memory where it is to have that; false when there is none. */
  private boolean allocate(VideoBuffer buffer, MemoryType kind, MemoryAccount account) {
    if (kind != MemoryType.MMAP) {
      return true;
    }
    try {
      for (VideoBuffer.Plane plane : buffer.planes()) {
        plane.memory = memory.allocate(plane.least, intake.direction(), account);
      }
      return true;
    } catch (DmaBufException none) {
      if (none.errno() != Errno.ENOMEM) {
        buffer.drop();
        throw none;
      }
      return false;
    }
  }

  /** EBUSY when another thread has given the queue other buffers meanwhile; ENODEV. */
  private void checkGeneration(long generation) {
    synchronized (state) {
      state.guard.checkHere();
      if (state.generation != generation || state.kind == null) {
        throw state.error(Errno.EBUSY, "was given or took other buffers meanwhile; ask again");
      }
    }
  }

  /** Adds a buffer, unless another thread was faster; returns whether it did. */
  private boolean add(Object by, VideoBuffer buffer, long generation) {
    synchronized (state) {
      boolean others = state.generation != generation || state.kind == null;
      if (others || state.guard.isLeaving() || state.slots.find(buffer.index()).isPresent()) {
        return false;
      }
      state.slots.put(buffer);
      state.format = QueueState.Format.KEPT;
      state.guard.setOwner(by);
      return true;
    }
  }

  private void checkKind(Optional<MemoryType> kind) {
    if (kind.isEmpty()) {
      throw state.error(
          Errno.EINVAL, "was asked for memory of no kind; MMAP, USERPTR and DMABUF would work");
    }
  }

  private void checkNobodyWaits() {
    if (state.waiter != null) {
      throw state.error(
          Errno.EBUSY, "is dequeued from by %s; ask again after that", state.waiter.getName());
    }
  }

  private DmaBufException noMemory(long[] sizes, int wanted) {
    return state.error(
        Errno.ENOMEM,
        "found no memory for %d buffers of %d bytes; fewer or smaller ones may fit",
        wanted,
        LongStream.of(sizes).sum());
  }
}
