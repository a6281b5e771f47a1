package org.dmabuf;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffer itself, of which clients have handles.
 *
 * <pre>
 *   handles, descriptors ---> file (its references are the buffer's) --last reference--> release
 *   attachments, mappings -->  |
 *                           buffer ---> {@link Driver} ---> the exporter's ops, or the framework's
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct dma_buf}.
 */
final class BufferObject {
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
  private final long sinceNanos; // of its export, on the product's clock
  private final AtomicInteger mappings = new AtomicInteger();
  private final AtomicInteger deviceMappings = new AtomicInteger();
  private final AttachmentList attachments = new AttachmentList(); // guarded by resv
  private volatile String name;
  private final Driver driver;
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
    this.driver = new Driver(this, info.ops());
    this.file = new DmaBufFile(this, info.fileFlags());
    this.sinceNanos = core.clock().nanos();
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

  AttachmentList attachments() {
    return attachments;
  }

  String describe() {
    return "dma-buf "
        + inode
        + " of "
        + exporterName
        + " ("
        + size
        + " bytes, "
        + driver.state()
        + ")";
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
    Seam.step();
    mappings.incrementAndGet();
  }

  void mappingGone() {
    Seam.step();
    mappings.decrementAndGet();
  }

  int mappings() {
    return mappings.get();
  }

  void deviceMapped() {
    mappingMade();
    Seam.step();
    deviceMappings.incrementAndGet();
  }

  void deviceUnmapped() {
    mappingGone();
    Seam.step();
    if (deviceMappings.decrementAndGet() == 0 && driver.state() == Driver.State.WITHDRAWN) {
      core.releases().wakeAll();
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
  <T> T callLocked(FaultPoint point, String what, Function<DmaBufOps, T> call) {
    return driver.callLocked(point, what, call);
  }

  /** Calls the ops without the reservation; ENODEV when they are gone. */
  <T> T callUnlocked(FaultPoint point, String what, Function<DmaBufOps, T> call) {
    return driver.callUnlocked(point, what, call);
  }

  /** Returns who serves it, never null. */
  Driver driver() {
    return driver;
  }

  /** Whether the driver's ops are gone, so that the framework gives back in its place. */
  boolean isOrphaned() {
    return driver.isGone();
  }

  /** Whether anybody may still take something of it. */
  boolean isUsable() {
    return driver.isUsable();
  }

  /** ENODEV unless something may still be taken. */
  void checkUsable(String what) {
    if (!driver.isUsable()) {
      throw driver.gone(what);
    }
  }

  /**
   * Maps a range; the mapping holds a reference. As {@link CpuMaps#map}.
   *
   * @param protection see {@link org.dmabuf.file.MmapFlags}
   */
  CpuMapping mmap(long offset, long length, int protection) {
    return CpuMaps.map(this, offset, length, protection);
  }

  int pageSize() {
    return core.pool().pageSize();
  }

  /** Takes it back from its users; see {@link Withdrawal}. */
  boolean revoke(Duration bound) {
    return new Withdrawal(core, this).run(bound);
  }

  void moveNotify() {
    checkHeld("move notify");
    // A copy, as an importer that is told may end, and its attachments with it.
    attachments.copy().forEach(Attachment::notifyMove);
  }

  /** Applies ADOPT, or REVOKE; the caller is the exporter's teardown. */
  void exporterLeaves() {
    if (!tryRef()) {
      return; // being released: the teardown waits for that
    }
    try {
      if (!withReservationSoon(() -> driver.leave(policy))) {
        driver.cut();
        LOG.error(
            "{} is taken from its exporter without its reservation, which {} holds",
            describe(),
            resv.holder());
      }
    } finally {
      unref();
    }
  }

  /** Whether the last reference is gone; its release may still run. */
  boolean isBeingReleased() {
    return file.references() == 0;
  }

  /** Takes back an export that came too late. */
  void cancelExport() {
    withReservation(driver::cancel);
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

  /**
   * As {@link #withReservation}, for a teardown, which nobody who hangs may stop: waits for a
   * bounded time, interrupts a call into the driver that has the reservation, and waits once more.
   *
   * @return false when it was not had, and nothing was done
   */
  boolean withReservationSoon(Runnable change) {
    boolean taken = !resv.isHeld();
    if (taken && !takeSoon()) {
      return false;
    }
    try {
      change.run();
    } finally {
      if (taken) {
        resv.unlock();
      }
    }
    return true;
  }

  private boolean takeSoon() {
    if (BoundedLock.take(resv, clock(), clock().nanos() + drainNanos())) {
      return true;
    }
    Optional<CallGate.Inside> inside = driver.inside();
    if (inside.isEmpty()) {
      LOG.warn("{} has been locked by {} for too long", describe(), resv.holder());
      return false;
    }
    LOG.warn(
        "{} of {} of {} took too long; its thread is interrupted",
        inside.get(),
        describe(),
        exporter.name());
    inside.get().thread().interrupt();
    return BoundedLock.take(resv, clock(), clock().nanos() + drainNanos());
  }

  long drainNanos() {
    return core.releases().drainBound().toNanos();
  }

  void checkHeld(String what) {
    if (!resv.isHeld()) {
      resv.assertHeld(what + " of " + describe());
    }
  }

  DebugMode debug() {
    return core.debug();
  }

  DmaClock clock() {
    return core.clock();
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Runs once, when the last reference to the file is gone. */
  void release() {
    core.inventory().remove(this);
    if (vmap.users() != 0 || !attachments.isEmpty()) {
      LOG.warn(
          "{} is released with {} vmaps and {} attachments left",
          describe(),
          vmap.users(),
          attachments.size());
      vmap.drop(vmap.users());
    }
    try {
      driver.release();
    } finally {
      // Only now: an exporter that stops waits for it.
      exporter.exportGone(this);
    }
  }
}
