package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.DmaBufException;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceKind;
import org.dmabuf.fence.FenceUnwrap;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.seam.Seam;
import org.dmabuf.sync.SyncFileInfo.Order;

/**
 * A fence as an open file: what programs wait for, merge, and hand to each other.
 *
 * <pre>
 *   new SyncFile(fence) --install--> fd ... close --> released
 *
 *   poll   IN when the fence has completed, with or without an error; never OUT
 *          the first poll puts a callback on the fence, which wakes all who wait for the file
 * </pre>
 *
 * <p>Each file is one of its own, also when two have the same fence. It is open for reading only,
 * and nothing can be read, written or mapped. Thread-safe. Kernel counterpart: {@code struct
 * sync_file}.
 */
public final class SyncFile extends OpenFile implements AutoCloseable {
  /** The longest name in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 31;

  private final DmaFence fence;
  private final Optional<String> userName;
  private final FenceCallback completed =
      new FenceCallback(done -> wake(PollEvents.POLLIN), closed -> {});
  private final AtomicBoolean listening = new AtomicBoolean();

  /**
   * Makes a file with one reference, the caller's.
   *
   * @param fence the fence, never null
   */
  public SyncFile(DmaFence fence) {
    this(fence, "");
  }

  private SyncFile(DmaFence fence, String name) {
    super(OpenFlags.O_RDONLY);
    this.fence = Objects.requireNonNull(fence, "fence");
    this.userName = Optional.of(name).filter(given -> !given.isEmpty());
  }

  /**
   * Makes a file of all fences of two others: of each context the latest that is pending, in the
   * order of contexts. When none is pending it has a stub, and errors are lost.
   *
   * @param name its name; empty for one that is made up; never null
   * @param a the one, never null
   * @param b the other, may be the same, never null
   * @return the file with one reference, the caller's, never null
   */
  public static SyncFile merge(String name, SyncFile a, SyncFile b) {
    return merge(name, a, b.fence);
  }

  static SyncFile merge(String name, SyncFile a, DmaFence b) {
    return new SyncFile(FenceUnwrap.merge(List.of(a.fence, b)), name);
  }

  /**
   * Returns the fence behind a descriptor; empty when it is not open or no sync file.
   *
   * @param table the table, never null
   * @param fd the descriptor
   */
  public static Optional<DmaFence> fenceOf(FileTable table, int fd) {
    OpenFile file;
    try {
      file = table.get(fd);
    } catch (DmaBufException notOpen) {
      return Optional.empty();
    }
    try {
      return file instanceof SyncFile ours ? Optional.of(ours.fence) : Optional.empty();
    } finally {
      file.put();
    }
  }

  /** Returns the fence, which may be a container, never null. */
  public DmaFence fence() {
    return fence;
  }

  /** Returns the name that it was given, else one of driver, timeline, context and number. */
  public String name() {
    return userName.orElseGet(
        () ->
            fence.driverName()
                + "-"
                + fence.timelineName()
                + fence.contextId()
                + "-"
                + fence.seqno());
  }

  /** Returns what it says of itself, its fences' state as each was at one moment; never null. */
  public SyncFileInfo info() {
    List<DmaFence> members = FenceUnwrap.unwrap(fence);
    Order order = fence.kind() == FenceKind.CHAIN ? Order.POINTS : Order.CONTEXTS;
    return SyncFileInfo.of(name(), order, members, members.stream().map(FenceInfo::of).toList());
  }

  /**
   * Gives it a descriptor with close on exec. The caller's reference passes to the table, or is
   * dropped when that takes it not.
   *
   * @param table the table, never null
   * @return the descriptor
   * @throws DmaBufException EMFILE when the table is full; EBADF when it is closed
   */
  public int install(FileTable table) {
    try {
      return table.install(this, true);
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
    return "sync file " + name();
  }

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (request == SyncIoctl.MERGE) {
      SyncFileRequests.merge(this, caller, argument);
    } else if (request == SyncIoctl.FILE_INFO) {
      SyncFileRequests.info(this, argument);
    } else if (request == SyncIoctl.SET_DEADLINE) {
      SyncFileRequests.setDeadline(this, argument);
    } else {
      return super.ioctl(caller, request, argument);
    }
    return 0;
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  @Override
  protected int poll(int events) {
    Seam.step();
    if (listening.compareAndSet(false, true) && !fence.addCallback(completed)) {
      wake(PollEvents.POLLIN);
    }
    return fence.isSignaled() ? PollEvents.POLLIN : 0;
  }

  @Override
  protected void released() {
    fence.removeCallback(completed);
  }
}
