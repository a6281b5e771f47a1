package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.MmapRange;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.resv.DmaResv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffer itself, of which clients have handles.
 *
 * <pre>
 *   LIVE --exporter leaves--------> ADOPTED   (framework's ops over the storage)
 *     |                             REVOKED   (no ops; mapped memory stays until unmapped)
 *     +--exporter takes it back---> WITHDRAWN (ops for giving back only) --exporter leaves--> REVOKED
 *     +--last reference-----------> RELEASED  (from each of the above)
 * </pre>
 *
 * <p>The driver's ops sit behind one field, which is changed under the reservation. Calls that run
 * with the reservation held are safe by it; the others pass the exporter's {@link CallGate}. Kernel
 * counterpart: {@code struct dma_buf}.
 */
final class BufferObject {
  enum State {
    LIVE,
    ADOPTED,
    WITHDRAWN,
    REVOKED,
    RELEASED
  }

  private static final Logger LOG = LoggerFactory.getLogger(BufferObject.class);

  private final DmaBufCore core;
  private final Client exporter;
  private final long inode;
  private final long size;
  private final String exporterName;
  private final ExportPolicy policy;
  private final boolean cacheMappings;
  private final boolean dynamic;
  private final DmaResv resv;
  private final DmaBufFile file;
  private final long exported; // when, in nanoseconds of the product's clock
  private final AtomicInteger mappings = new AtomicInteger();
  private final AtomicInteger deviceMappings = new AtomicInteger();
  private final List<Attachment> attachments = new ArrayList<>(2); // guarded by resv
  private volatile DmaBufOps ops;
  private volatile State state = State.LIVE;
  private volatile String name;
  private final Vmap vmap = new Vmap(this);

  BufferObject(DmaBufCore core, Client exporter, long inode, ExportInfo info, DmaResv resv) {
    this.core = core;
    this.exporter = exporter;
    this.inode = inode;
    this.size = info.size();
    this.exporterName = info.exporterName();
    this.policy = info.policy();
    this.cacheMappings = info.cacheMappings();
    this.dynamic = info.ops() instanceof DmaBufOps.Pinnable;
    this.resv = resv;
    this.ops = info.ops();
    this.file = new DmaBufFile(this, info.fileFlags());
    this.exported = core.clock().nanos();
  }

  long inode() {
    return inode;
  }

  /** Numbers that follow each other lie together in hash tables, also among a million. */
  @Override
  public int hashCode() {
    return Long.hashCode(inode);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  long size() {
    return size;
  }

  String exporterName() {
    return exporterName;
  }

  ExportPolicy policy() {
    return policy;
  }

  boolean cacheMappings() {
    return cacheMappings;
  }

  /** Whether the storage moves unless it is pinned. */
  boolean isDynamic() {
    return dynamic;
  }

  DmaResv resv() {
    return resv;
  }

  Optional<String> name() {
    return Optional.ofNullable(name);
  }

  void setName(String newName) {
    name = newName;
  }

  List<Attachment> attachments() {
    return attachments;
  }

  String describe() {
    return "dma-buf " + inode + " of " + exporterName + " (" + size + " bytes, " + state + ")";
  }

  /** Returns what stands for fences where there are none. */
  DmaFence stubFence() {
    return core.contexts().stub();
  }

  /** Returns the open file, whose references are this buffer's. */
  DmaBufFile file() {
    return file;
  }

  boolean tryRef() {
    return file.tryGet();
  }

  void unref() {
    file.put();
  }

  void mappingMade() {
    mappings.incrementAndGet();
  }

  void mappingGone() {
    mappings.decrementAndGet();
  }

  int mappings() {
    return mappings.get();
  }

  void deviceMapped() {
    mappingMade();
    deviceMappings.incrementAndGet();
  }

  void deviceUnmapped() {
    mappingGone();
    if (deviceMappings.decrementAndGet() == 0 && state == State.WITHDRAWN) {
      core.wakeAll();
    }
  }

  /** Whether a device, of any client, has a mapping. */
  boolean isMappedByDevices() {
    return deviceMappings.get() > 0;
  }

  Vmap vmap() {
    return vmap;
  }

  Client exporter() {
    return exporter;
  }

  /** Calls the ops with the reservation held; ENODEV when they are gone. */
  <T> T callLocked(String what, Function<DmaBufOps, T> call) {
    checkHeld(what);
    DmaBufOps now = ops;
    if (now == null) {
      throw gone(what);
    }
    return guarded(what, now, call);
  }

  /** Calls the ops without the reservation; ENODEV when they are gone. */
  <T> T callUnlocked(String what, Function<DmaBufOps, T> call) {
    while (true) {
      DmaBufOps now = ops;
      if (now == null) {
        throw gone(what);
      }
      if (now instanceof StoreOps) {
        return guarded(what, now, call);
      }
      if (!exporter.gate().enter()) {
        // Ops are changed before the gate closes: so this buffer was exported too late to be seen.
        if (ops == now) {
          throw gone(what);
        }
        continue;
      }
      try {
        if (ops == now) {
          return guarded(what, now, call);
        }
      } finally {
        exporter.gate().exit();
      }
    }
  }

  /**
   * Maps a range; the mapping holds a reference.
   *
   * @param offset a multiple of the page size, 0 or more
   * @param length bytes, 1 or more
   * @param protection see {@link MmapFlags}
   * @throws DmaBufException EINVAL when it lies outside the buffer's whole pages
   */
  CpuMapping mmap(long offset, long length, int protection) {
    MmapRange.checkWithin(describe(), size, offset, length, core.pool().pageSize());
    if (!tryRef()) {
      throw new DmaBufException(
          Errno.EBADF, describe() + " was mapped by a handle that another thread closed meanwhile");
    }
    Arena arena = Arena.ofShared();
    try {
      MemorySegment pages =
          callUnlocked("mmap", driver -> mmapBy(driver, arena, offset, length, protection));
      mappingMade();
      return CpuMapping.of(
          describe(), arena, pages.asSlice(0, length), length, protection, this::unmapped);
    } catch (RuntimeException refused) {
      arena.close();
      unref();
      throw refused;
    }
  }

  private void unmapped() {
    mappingGone();
    unref();
  }

  /** EINVAL when the exporter has no mmap. */
  void checkMmappable() {
    checkUsable("mmap");
    if (!(ops instanceof DmaBufOps.Mmappable)) {
      throw withoutMmap();
    }
  }

  private DmaBufException withoutMmap() {
    return new DmaBufException(Errno.EINVAL, describe() + " has an exporter without mmap");
  }

  private MemorySegment mmapBy(
      DmaBufOps driver, Arena arena, long offset, long length, int protection) {
    if (!(driver instanceof DmaBufOps.Mmappable mmappable)) {
      throw withoutMmap();
    }
    boolean writable = (protection & MmapFlags.PROT_WRITE) != 0;
    MemorySegment segment = mmappable.mmap(arena, offset, length, writable);
    if (segment == null || segment.byteSize() < length) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "The exporter of "
              + describe()
              + " gave no memory for a map of "
              + length
              + " bytes at "
              + offset);
    }
    return segment;
  }

  /** Whether the driver's ops are gone, so that the framework gives back in its place. */
  boolean isOrphaned() {
    return ops == null;
  }

  /** Whether anybody may still take something of it. */
  boolean isUsable() {
    return ops != null && state != State.WITHDRAWN;
  }

  /** ENODEV unless something may still be taken. */
  void checkUsable(String what) {
    if (!isUsable()) {
      throw gone(what);
    }
  }

  /** Takes it back from its users; see {@link Withdrawal}. */
  boolean revoke(Duration bound) {
    return new Withdrawal(core, this).run(bound);
  }

  /** From now on nothing can be taken; what is taken is given back to the driver as before. */
  boolean withdraw() {
    checkHeld("Taking back");
    if (!isUsable()) {
      return false;
    }
    state = State.WITHDRAWN;
    return true;
  }

  void moveNotify() {
    checkHeld("move notify");
    // A copy, as an importer that is told may end, and its attachments with it.
    List.copyOf(attachments).forEach(Attachment::notifyMove);
  }

  /** Applies ADOPT, or REVOKE; the caller is the exporter's teardown. */
  void exporterLeaves() {
    if (!tryRef()) {
      return; // being released: the teardown waits for that
    }
    try {
      withReservation(
          () -> {
            if (policy == ExportPolicy.ADOPT && isUsable()) {
              adopt();
            } else {
              revoke();
            }
          });
    } finally {
      unref();
    }
  }

  /** Whether the last reference is gone; its release may still run. */
  boolean isBeingReleased() {
    return file.references() == 0;
  }

  /**
   * Takes back an export that came too late: the driver is not called, not for its release either.
   */
  void cancelExport() {
    withReservation(
        () -> {
          if (!(ops instanceof StoreOps)) {
            ops = null;
            state = State.REVOKED;
          }
        });
  }

  /** Also for a thread that stops a client in a call with the lock held. */
  void withReservation(Runnable change) {
    boolean taken = !resv.isHeld();
    if (taken) {
      resv.lock();
    }
    try {
      change.run();
    } finally {
      if (taken) {
        resv.unlock();
      }
    }
  }

  void checkHeld(String what) {
    if (!resv.isHeld()) {
      resv.assertHeld(what + " of " + describe());
    }
  }

  BufferStatistics statistics() {
    return new BufferStatistics(inode, size, name(), exporterName);
  }

  BufferInfo info(List<String> holders) {
    List<String> fences = new ArrayList<>();
    resv.entries().forEach(e -> fences.add(e.usage() + " " + e.fence().describe()));
    List<String> devices = core.attachmentsOf(this);
    return new BufferInfo(
        inode,
        size,
        file.references(),
        file.flags(),
        file.fileMode(),
        exporterName,
        name(),
        Duration.ofNanos(core.clock().nanos() - exported),
        exporter.name(),
        state.name(),
        fences,
        devices,
        mappings(),
        holders);
  }

  private void adopt() {
    try {
      BackingStore store = ((DmaBufOps.Adoptable) ops).handOver();
      if (store == null || store.size() < size) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Its exporter handed over "
                + (store == null ? "nothing" : store.size() + " bytes")
                + " for "
                + size);
      }
      exporter.disown(store);
      ops = new StoreOps(store, core.pool().pageSize());
      state = State.ADOPTED;
    } catch (Throwable failed) {
      LOG.warn("{} could not be adopted ({}); it is revoked", describe(), failed.toString());
      revoke();
    }
  }

  private void revoke() {
    ops = null;
    state = State.REVOKED;
    moveNotify();
  }

  /** Runs once, when the last reference to the file is gone. */
  void release() {
    core.released(this);
    if (vmap.users() != 0 || !attachments.isEmpty()) {
      LOG.warn(
          "{} is released with {} vmaps and {} attachments left",
          describe(),
          vmap.users(),
          attachments.size());
      vmap.drop(vmap.users());
    }
    try {
      if (ops != null) {
        callUnlocked(
            "release",
            driver -> {
              driver.release();
              return null;
            });
      }
    } catch (DmaBufException failed) {
      LOG.warn("Release of {} failed: {}", describe(), failed.getMessage());
    } finally {
      ops = null;
      state = State.RELEASED;
      // Only now: an exporter that stops waits for it.
      exporter.exportGone(this);
    }
  }

  private <T> T guarded(String what, DmaBufOps driver, Function<DmaBufOps, T> call) {
    try {
      return call.apply(driver);
    } catch (DmaBufException answered) {
      throw answered;
    } catch (Throwable failed) {
      // Only the text goes on: the throwable's class may be the driver's.
      LOG.error("{} of {} failed in its exporter: {}", what, describe(), failed, failed);
      throw new DmaBufException(
          Errno.EIO, what + " of " + describe() + " failed in its exporter with " + failed);
    }
  }

  DmaBufException gone(String what) {
    return new DmaBufException(
        Errno.ENODEV,
        what
            + " of "
            + describe()
            + ": its exporter has "
            + (state == State.WITHDRAWN ? "taken it back" : "gone")
            + "; use another buffer");
  }
}
