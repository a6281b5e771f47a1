package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.Errno;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * What an open device does with the structures that programs give it about several sync objects.
 *
 * <pre>
 *   WAIT             0 handles | 8 timeout_nsec s64 | 16 count u32 | 20 flags u32 | 24 first u32
 *                    | 28 pad u32 | 32 deadline_nsec u64
 *   RESET, SIGNAL    0 handles | 8 count u32 | 12 pad u32
 *   TIMELINE_WAIT    0 handles | 8 points | 16 timeout_nsec s64 | 24 count u32 | 28 flags u32
 *                    | 32 first u32 | 36 pad u32 | 40 deadline_nsec u64
 *   QUERY            0 handles | 8 points | 16 count u32 | 20 flags u32
 *   TIMELINE_SIGNAL  as QUERY
 *
 *   handles   address of count times u32         points   address of count times u64
 *   timeouts  and deadlines are times of the product's clock
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_syncobj.c}.
 */
final class SyncObjArrays {
  static final int HANDLES = 0;
  static final int POINTS = 8;
  static final int COUNT = 8;
  static final int POINTS_COUNT = 16;
  static final int POINTS_FLAGS = 20;

  private static final int PAD = 12;
  private static final int SUBMIT_OR_ALL = SyncObjIoctl.WAIT_ALL | SyncObjIoctl.WAIT_FOR_SUBMIT;

  /** Where the fields of the two waits lie, from the timeout on. */
  enum WaitLayout {
    BINARY(8, SUBMIT_OR_ALL | SyncObjIoctl.WAIT_DEADLINE),
    TIMELINE(16, SUBMIT_OR_ALL | SyncObjIoctl.WAIT_AVAILABLE | SyncObjIoctl.WAIT_DEADLINE);

    final int timeout;
    final int count;
    final int flags;
    final int first;
    final int deadline;
    final int known;

    WaitLayout(int timeout, int known) {
      this.timeout = timeout;
      this.count = timeout + 8;
      this.flags = timeout + 12;
      this.first = timeout + 16;
      this.deadline = timeout + 24;
      this.known = known;
    }
  }

  private final SyncObjRequests owner;

  SyncObjArrays(SyncObjRequests owner) {
    this.owner = owner;
  }

  /** Does what a request asks; returns false for one that is none of these. */
  boolean call(int number, int request, MemorySegment argument) {
    if (number == Ioctl.number(SyncObjIoctl.WAIT)) {
      await(WaitLayout.BINARY, IoctlStruct.of(request, argument), argument);
    } else if (number == Ioctl.number(SyncObjIoctl.TIMELINE_WAIT)) {
      await(WaitLayout.TIMELINE, IoctlStruct.of(request, argument), argument);
    } else if (number == Ioctl.number(SyncObjIoctl.RESET)) {
      listed("a reset", IoctlStruct.of(request, argument), argument).forEach(SyncObj::reset);
    } else if (number == Ioctl.number(SyncObjIoctl.SIGNAL)) {
      listed("a signal", IoctlStruct.of(request, argument), argument).forEach(SyncObj::signal);
    } else if (number == Ioctl.number(SyncObjIoctl.TIMELINE_SIGNAL)) {
      signalPoints(IoctlStruct.of(request, argument), argument);
    } else if (number == Ioctl.number(SyncObjIoctl.QUERY)) {
      query(IoctlStruct.of(request, argument), argument);
    } else {
      return false;
    }
    return true;
  }

  private void await(WaitLayout layout, IoctlStruct struct, MemorySegment argument) {
    int flags = struct.getInt(layout.flags);
    owner.checkFlags("a wait", flags, layout.known);
    int count = struct.getInt(layout.count);
    if (count == 0) {
      return;
    }
    List<SyncObj> objects = objects(struct, count, argument);
    long[] points = new long[count];
    if (layout == WaitLayout.TIMELINE) {
      points = points(struct.getLong(POINTS), count, argument);
    }
    List<SyncPoint> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(new SyncPoint(objects.get(i), points[i]));
    }
    OptionalLong hint =
        (flags & SyncObjIoctl.WAIT_DEADLINE) == 0
            ? OptionalLong.empty()
            : OptionalLong.of(struct.getLong(layout.deadline));
    long until = struct.getLong(layout.timeout);
    OptionalInt first = SyncWait.await(all, waitFlags(flags), until, hint);
    struct.setInt(
        layout.first,
        first.orElseThrow(
            () ->
                owner.refused(
                    Errno.ETIME,
                    "was asked to wait for "
                        + all.getFirst().object()
                        + (count > 1 ? " and others" : "")
                        + " until "
                        + until
                        + " ns, which have come")));
  }

  private static Set<SyncWaitFlag> waitFlags(int flags) {
    Set<SyncWaitFlag> set = EnumSet.noneOf(SyncWaitFlag.class);
    if ((flags & SyncObjIoctl.WAIT_ALL) != 0) {
      set.add(SyncWaitFlag.ALL);
    }
    if ((flags & SyncObjIoctl.WAIT_FOR_SUBMIT) != 0) {
      set.add(SyncWaitFlag.FOR_SUBMIT);
    }
    if ((flags & SyncObjIoctl.WAIT_AVAILABLE) != 0) {
      set.add(SyncWaitFlag.AVAILABLE);
    }
    return set;
  }

  /** All objects of a list, or none: EINVAL for pad or no handle, ENOENT. */
  private List<SyncObj> listed(String request, IoctlStruct struct, MemorySegment argument) {
    owner.checkZero(request, struct.getInt(PAD));
    int count = struct.getInt(COUNT);
    checkSome(request, count);
    return objects(struct, count, argument);
  }

  private void signalPoints(IoctlStruct struct, MemorySegment argument) {
    String request = "a signal of points";
    owner.checkFlags(request, struct.getInt(POINTS_FLAGS), 0);
    int count = struct.getInt(POINTS_COUNT);
    checkSome(request, count);
    List<SyncObj> objects = objects(struct, count, argument);
    long address = struct.getLong(POINTS);
    long[] points = address == 0 ? new long[count] : points(address, count, argument);
    for (int i = 0; i < count; i++) {
      objects.get(i).signal(points[i]);
    }
  }

  private void query(IoctlStruct struct, MemorySegment argument) {
    int flags = struct.getInt(POINTS_FLAGS);
    owner.checkFlags("a query", flags, SyncObjIoctl.QUERY_LAST_SUBMITTED);
    int count = struct.getInt(POINTS_COUNT);
    checkSome("a query", count);
    List<SyncObj> objects = objects(struct, count, argument);
    IoctlStruct points = list(struct.getLong(POINTS), (long) count * Long.BYTES, argument);
    for (int i = 0; i < count; i++) {
      SyncObj object = objects.get(i);
      long point =
          flags == SyncObjIoctl.QUERY_LAST_SUBMITTED ? object.lastSubmitted() : object.query();
      points.setLong((long) i * Long.BYTES, point);
    }
  }

  private void checkSome(String request, int count) {
    if (count == 0) {
      throw owner.refused(
          Errno.EINVAL, "was asked for " + request + " without handles; 1 or more would work");
    }
  }

  private List<SyncObj> objects(IoctlStruct struct, int count, MemorySegment argument) {
    long bytes = Integer.toUnsignedLong(count) * Integer.BYTES;
    return owner.findAll(list(struct.getLong(HANDLES), bytes, argument), count);
  }

  private long[] points(long address, int count, MemorySegment argument) {
    IoctlStruct list = list(address, (long) count * Long.BYTES, argument);
    long[] points = new long[count];
    for (int i = 0; i < count; i++) {
      points[i] = list.getLong((long) i * Long.BYTES);
    }
    return points;
  }

  /** EFAULT for no address, and for one that is not the caller's. */
  private IoctlStruct list(long address, long bytes, MemorySegment argument) {
    if (address == 0) {
      throw owner.refused(Errno.EFAULT, "was given no address of a list of " + bytes + " bytes");
    }
    return IoctlStruct.at(argument, address, bytes);
  }
}
