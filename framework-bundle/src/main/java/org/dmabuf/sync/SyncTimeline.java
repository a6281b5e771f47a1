package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceKind;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFile;

/**
 * A counter in a program's hand, with fences that complete when it comes to their value: for tests,
 * and for work that no device does.
 *
 * <pre>
 *   value    0 --increment(2)--> 2 --increment(1)--> 3 ...    32 bits that wrap around
 *   fences      1 done, 2 done       3 done              4 pending, 5 pending
 *
 *   OPEN --last reference dropped, or its bundle stopped--> CLOSED (pending fences: ENOENT)
 * </pre>
 *
 * <p>A value is in the past when it is not more than 2^31 - 1 ahead: its fence has completed from
 * the beginning. Files of this kind never make anyone wait. Thread-safe. Kernel counterpart: {@code
 * struct sync_timeline} of {@code sw_sync.c}.
 */
public final class SyncTimeline extends OpenFile implements AutoCloseable {
  /** The driver's name of all fences of timelines. */
  public static final String DRIVER_NAME = "sw_sync";

  private final FenceContext context;

  /**
   * Makes an open file with one reference, the caller's; clients use {@code
   * DmaBufRegistry.timeline}, so that it ends with their bundle.
   *
   * @param context that of a timeline, never null
   * @throws DmaBufException EINVAL for a driver's context
   */
  public SyncTimeline(FenceContext context) {
    if (context.kind() != FenceKind.TIMELINE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A timeline was to be made of the context of "
              + context.driverName()
              + "; only one that was opened for a timeline would work");
    }
    this.context = context;
  }

  /** Returns its name, never null. */
  public String name() {
    return context.timelineName();
  }

  /** Returns the number of its fences' context. */
  public long contextId() {
    return context.id();
  }

  /** Returns the counter, 0 to 2^32 - 1. */
  public long value() {
    return context.reached();
  }

  /**
   * Makes a fence that completes when the counter comes to a value.
   *
   * @param value the value, of which the low 32 bits count
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when its bundle has stopped
   */
  public DmaFence fence(long value) {
    return context.create(value);
  }

  /**
   * Moves the counter on, and completes in order the fences whose values it comes to; their
   * callbacks run on this thread.
   *
   * @param by how far, 0 or more, of which the low 32 bits count
   */
  public void increment(long by) {
    context.advance(by);
  }

  /**
   * Gives it a descriptor. The caller's reference passes to the table, or is dropped when that
   * takes it not.
   *
   * @param table the table, never null
   * @param cloexec whether it is closed on exec
   * @return the descriptor
   * @throws DmaBufException EMFILE when the table is full; EBADF when it is closed
   */
  public int install(FileTable table, boolean cloexec) {
    try {
      return table.install(this, cloexec);
    } catch (DmaBufException full) {
      put();
      throw full;
    }
  }

  /**
   * Drops the caller's reference.
   *
   * @throws DmaBufException EBADF when there is none
   */
  @Override
  public void close() {
    put();
  }

  @Override
  public String describe() {
    return "timeline " + name() + " (" + context.id() + ") at " + value();
  }

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (request == SwSyncIoctl.CREATE_FENCE) {
      createFence(caller, IoctlStruct.of(request, argument));
    } else if (request == SwSyncIoctl.INCREMENT) {
      increment(IoctlStruct.of(request, argument).getInt(0));
    } else if (request == SwSyncIoctl.GET_DEADLINE) {
      getDeadline(caller, IoctlStruct.of(request, argument));
    } else {
      return super.ioctl(caller, request, argument);
    }
    return 0;
  }

  @Override
  protected void released() {
    context.close();
  }

  private void createFence(FileTable caller, IoctlStruct struct) {
    // Who cannot be told the descriptor gets none: so the place for it is tried before.
    struct.setInt(SwSyncIoctl.FENCE, struct.getInt(SwSyncIoctl.FENCE));
    int fd = new SyncFile(fence(struct.getInt(0))).install(caller);
    struct.setInt(SwSyncIoctl.FENCE, fd);
  }

  private void getDeadline(FileTable caller, IoctlStruct struct) {
    int fd = struct.getInt(SwSyncIoctl.DEADLINE_FD);
    DmaFence fence = SyncFile.fenceOf(caller, fd).orElse(null);
    if (struct.getLong(0) != 0
        || struct.getInt(SwSyncIoctl.DEADLINE_PAD) != 0
        || fence == null
        || fence.kind() != FenceKind.TIMELINE) {
      throw new DmaBufException(
          Errno.EINVAL,
          describe()
              + " was asked for the deadline of fd "
              + fd
              + "; a sync file of one timeline's fence, with all else 0, would work");
    }
    long deadline =
        fence
            .deadline()
            .orElseThrow(
                () ->
                    new DmaBufException(
                        Errno.ENOENT, fence.describe() + " has no deadline; set one first"));
    struct.setLong(0, deadline);
  }
}
