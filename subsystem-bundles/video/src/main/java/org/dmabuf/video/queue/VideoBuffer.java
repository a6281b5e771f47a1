package org.dmabuf.video.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;

/**
 * One buffer of a queue, as the device sees it while it is with it.
 *
 * <pre>
 *   plane 0   [ length ............................. ]   bytesUsed hold the frame, after dataOffset
 *   plane 1   [ length ........... ]
 * </pre>
 *
 * <p>Its state and its flags are guarded by the queue; the rest belongs to who has it: the call
 * that moves it, the device while it is ACTIVE, else the queue. Kernel counterpart: {@code struct
 * vb2_buffer}.
 */
public final class VideoBuffer {
  /** Whether its memory is ready for the device, in whatever state it is. */
  enum Readiness {
    UNPREPARED,
    PREPARED
  }

  /** Whether the device's side uses its memory, also when the queue has been told to stop. */
  enum Hold {
    FREE,
    HELD
  }

  /** What comes after it. */
  enum Position {
    MIDDLE,
    LAST
  }

  /** What the queue knows of one plane. */
  static final class Plane {
    /** What a frame of the format takes, and so the least length. */
    final long least;

    long length;
    long bytesUsed;
    int dataOffset;
    long place;
    PlaneMemory memory;

    Plane(long least) {
      this.least = least;
      this.length = least;
    }

    /** Gives its memory up; nothing when it has none. */
    void drop() {
      PlaneMemory was = memory;
      memory = null;
      length = least;
      if (was != null) {
        was.release();
      }
    }
  }

  private final int index;
  private final List<Plane> planes = new ArrayList<>();
  BufferState state = BufferState.DEQUEUED;
  Readiness readiness = Readiness.UNPREPARED;
  Position position = Position.MIDDLE;
  Hold hold = Hold.FREE;
  FrameNote note = FrameNote.NONE;
  long sequence;
  long timestampNanos;
  DmaFence fence;
  List<DmaFence> before = List.of();

  /** What was said last of its flags: mostly it is the same again. */
  private Set<BufferFlag> told = Set.of();

  VideoBuffer(int index, long[] sizes) {
    this.index = index;
    for (long size : sizes) {
      planes.add(new Plane(size));
    }
  }

  /** Returns its index in its queue, 0 or more. */
  public int index() {
    return index;
  }

  /** Returns how many planes of memory it has, 1 or more. */
  public int planeCount() {
    return planes.size();
  }

  /** Returns the memory of a plane, from its beginning; only while the device has the buffer. */
  public FrameView view(int plane) {
    return planes.get(plane).memory.view();
  }

  /** Returns where in a plane the frame begins, in bytes. */
  public int dataOffset(int plane) {
    return planes.get(plane).dataOffset;
  }

  /** Returns how many bytes of a plane hold the frame, with what is before it. */
  public long bytesUsed(int plane) {
    return planes.get(plane).bytesUsed;
  }

  /** Returns the time that came with the frame, in ns. */
  public long timestampNanos() {
    return timestampNanos;
  }

  /** Returns what its device waits for before it begins, never null. */
  public List<DmaFence> before() {
    return before;
  }

  Plane plane(int number) {
    return planes.get(number);
  }

  List<Plane> planes() {
    return planes;
  }

  void begin() {
    for (Plane plane : planes) {
      plane.memory.begin();
    }
  }

  void finish() {
    for (Plane plane : planes) {
      if (plane.memory != null) {
        plane.memory.finish();
      }
    }
  }

  void drop() {
    planes.forEach(Plane::drop);
  }

  /** Takes its fence, which the caller completes; null when it has none. */
  DmaFence takeFence() {
    DmaFence taken = fence;
    fence = null;
    before = List.of();
    return taken;
  }

  /**
   * Looks, with a reservation held, whether memory that it guards has moved since it was mapped.
   */
  void settle(DmaResv held) {
    for (Plane plane : planes) {
      if (plane.memory != null && plane.memory.reservation().contains(held)) {
        plane.memory.settle();
      }
    }
  }

  /** Returns the reservations of its planes, each once, in an order that is the same everywhere. */
  List<DmaResv> reservations() {
    if (planes.size() == 1 && planes.getFirst().memory != null) {
      return planes.getFirst().memory.reservation();
    }
    return planes.stream()
        .filter(plane -> plane.memory != null)
        .flatMap(plane -> plane.memory.reservation().stream())
        .distinct()
        .sorted(Comparator.comparingInt(System::identityHashCode))
        .toList();
  }

  private Set<BufferFlag> flags(boolean copiesTimestamps) {
    EnumSet<BufferFlag> flags =
        EnumSet.of(copiesTimestamps ? BufferFlag.TIMESTAMP_COPY : BufferFlag.TIMESTAMP_MONOTONIC);
    for (Plane plane : planes) {
      if (plane.memory != null && plane.memory.isShared()) {
        flags.add(BufferFlag.MAPPED);
      }
    }
    switch (state) {
      case QUEUED, ACTIVE -> flags.add(BufferFlag.QUEUED);
      case DONE -> flags.add(BufferFlag.DONE);
      case ERROR -> flags.addAll(EnumSet.of(BufferFlag.DONE, BufferFlag.ERROR));
      case DEQUEUED -> {
        if (readiness == Readiness.PREPARED) {
          flags.add(BufferFlag.PREPARED);
        }
      }
      case MOVING -> {
        // Neither here nor there.
      }
    }
    if (position == Position.LAST) {
      flags.add(BufferFlag.LAST);
    }
    return flags;
  }

  BufferStatus status(MemoryType memory, boolean copiesTimestamps, MmapPlaces places) {
    List<PlaneStatus> statuses =
        planes.size() == 1
            ? List.of(status(0, memory, places))
            : IntStream.range(0, planes.size()).mapToObj(i -> status(i, memory, places)).toList();
    Set<BufferFlag> flags = flags(copiesTimestamps);
    if (!flags.equals(told)) {
      told = Set.copyOf(flags);
    }
    return new BufferStatus(index, memory, told, sequence, timestampNanos, statuses);
  }

  private PlaneStatus status(int number, MemoryType memory, MmapPlaces places) {
    Plane plane = planes.get(number);
    long offset = memory == MemoryType.MMAP ? places.offset(index, number) : 0;
    return new PlaneStatus(plane.length, plane.bytesUsed, plane.dataOffset, offset, plane.place);
  }

  @Override
  public String toString() {
    return "buffer " + index + " (" + state + ")";
  }
}
