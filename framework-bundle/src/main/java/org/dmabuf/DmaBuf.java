package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Optional;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.memory.IosysMap;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sync.SyncFile;

/**
 * One client's handle of a buffer: one reference to the buffer, and a count of its own.
 *
 * <pre>
 *   OPEN (count 1) --get--> (2) --close--> (1) --close--> CLOSED (count 0; EBADF from then on)
 * </pre>
 *
 * <p>Made by the client's {@link DmaBufRegistry}. Thread-safe. Kernel counterpart: {@code struct
 * dma_buf *} with {@code get_dma_buf()} and {@code dma_buf_put()}.
 */
public final class DmaBuf implements AutoCloseable {
  /** The longest name in bytes of UTF-8. */
  public static final int MAX_NAME_BYTES = 31;

  private final Client client;
  private final BufferObject buffer;
  private final DmaBuf listed; // what the books have: this, unless its user may drop it
  private final long sinceNanos;
  private final RefCount count;
  private final HandleVmaps vmaps;
  private final PageMaps pageMaps;
  private Acquisition noted; // of the object that was given for this one; written before listing

  DmaBuf(Client client, BufferObject buffer, long sinceNanos) {
    this.client = client;
    this.buffer = buffer;
    this.listed = this;
    this.sinceNanos = sinceNanos;
    this.count = new RefCount();
    this.vmaps = new HandleVmaps(buffer, client.tracker());
    this.pageMaps = new PageMaps(buffer);
  }

  private DmaBuf(DmaBuf listed) {
    this.client = listed.client;
    this.buffer = listed.buffer;
    this.listed = listed;
    this.sinceNanos = listed.sinceNanos;
    this.count = listed.count;
    this.vmaps = listed.vmaps;
    this.pageMaps = listed.pageMaps;
  }

  /**
   * Returns what the user of a listed handle gets. When leaks are looked for, that is an object of
   * its own over the same state: the books do not know it, so it can be seen that it is dropped.
   */
  DmaBuf forUser() {
    LeakTracker leaks = client.tracker();
    if (!leaks.isOn()) {
      return this;
    }
    DmaBuf user = new DmaBuf(this);
    noted = leaks.take(LeakKind.HANDLE, user, this);
    return noted == null ? this : user;
  }

  /** Returns what the user of a listed handle got before, as long as nobody has dropped it. */
  DmaBuf forUserAgain() {
    Acquisition note = noted;
    return note != null && note.get() instanceof DmaBuf user ? user : this;
  }

  /** It was not listed after all. */
  void unnote() {
    LeakTracker.release(noted);
  }

  /** Returns the buffer's number, unique in the product. */
  public long inode() {
    return buffer.inode();
  }

  /** Returns the size in bytes, which never changes. */
  public long size() {
    return buffer.size();
  }

  /** Returns who exported it, never null. */
  public String exporterName() {
    return buffer.exporterName();
  }

  /** Returns the name that a user gave it; empty until then. */
  public Optional<String> name() {
    return buffer.name();
  }

  /**
   * Names the buffer, for people.
   *
   * @param name at most 31 bytes of UTF-8, may be empty, never null
   * @throws DmaBufException EINVAL when it is longer; EBADF when the handle is closed
   */
  public void setName(String name) {
    check("named");
    BufferName.set(buffer, name);
  }

  /** Returns the buffer's reservation, never null. */
  public DmaResv resv() {
    return buffer.resv();
  }

  /**
   * Counts this handle once more.
   *
   * @return this
   * @throws DmaBufException EBADF when it is closed
   */
  public DmaBuf get() {
    if (!tryGet()) {
      throw closed("got");
    }
    return this;
  }

  /**
   * Counts this handle once less; with the last count the client's reference goes, and with it the
   * vmaps that were made through this handle and not given back.
   *
   * @throws DmaBufException EBADF when it is closed already
   */
  @Override
  public void close() {
    if (!tryPut()) {
      throw closed("put");
    }
  }

  /**
   * Attaches a device that expects the storage to stay (a static importer).
   *
   * @param device the device, never null
   * @throws DmaBufException EBADF when closed; EINVAL for null; EALREADY when this thread holds the
   *     reservation; ENODEV when the exporter has gone or this bundle leaves; the exporter's own
   *     errors
   */
  public Attachment attach(DmaDevice device) {
    return attach(device, null);
  }

  /**
   * Attaches a device.
   *
   * @param device the device, never null
   * @param importer what to tell when the storage moves; null for a static importer
   * @return the attachment, which keeps the buffer alive, never null
   * @throws DmaBufException as {@link #attach(DmaDevice)}
   */
  public Attachment attach(DmaDevice device, ImporterOps importer) {
    check("attached");
    if (device == null) {
      throw new DmaBufException(Errno.EINVAL, "No device was given to attach to " + this);
    }
    return client.attach(buffer, device, importer);
  }

  /**
   * Begins an access by the CPU: makes devices' data visible and waits for the implicit fences; an
   * access that reads waits for writers, one that writes waits for all.
   *
   * @param direction as devices see it: FROM_DEVICE is a CPU that reads
   * @throws DmaBufException EBADF; EINVAL for null; ENODEV; ERESTARTSYS when interrupted; the
   *     exporter's errors
   */
  public void beginCpuAccess(DmaDirection direction) {
    hold("accessed");
    try {
      pageMaps.begin(direction);
    } finally {
      buffer.unref();
    }
  }

  /**
   * Ends an access by the CPU: makes its data visible to devices, and unmaps what {@link #kmap}
   * mapped when no other access of this handle is open. Never waits for fences.
   *
   * @param direction as in {@link #beginCpuAccess}
   * @throws DmaBufException EBADF; ENODEV; the exporter's errors
   */
  public void endCpuAccess(DmaDirection direction) {
    hold("accessed");
    try {
      pageMaps.end(direction);
    } finally {
      buffer.unref();
    }
  }

  /**
   * Makes a sync file of what an access must wait for now; fences that come later are not in it.
   *
   * @param write whether the access writes
   * @return the file with one reference, the caller's, never null
   * @throws DmaBufException EBADF when the handle is closed
   */
  public SyncFile exportSyncFile(boolean write) {
    check("exported to a sync file");
    return SyncFileIoctls.export(buffer, write);
  }

  /**
   * Makes those who access the buffer wait for the fences of a sync file.
   *
   * @param file the sync file, never null
   * @param write whether the work behind them writes
   * @throws DmaBufException EBADF when the handle is closed; EALREADY when this thread holds the
   *     reservation
   */
  public void importSyncFile(SyncFile file, boolean write) {
    check("given fences");
    SyncFileIoctls.add(buffer.resv(), file.fence(), write);
  }

  /**
   * Maps one page for the CPU, for the time of a CPU access of this handle: at its end, or with
   * {@link PageMapping#close}, it is unmapped. Kernel counterpart: {@code dma_buf_kmap()}, which
   * Linux has dropped.
   *
   * @param page its number within the buffer, from 0
   * @return the mapping, never null
   * @throws DmaBufException EINVAL for no such page, outside a CPU access, or for an exporter
   *     without kmap; ENOMEM when the exporter gives no memory; EBADF; ENODEV; the exporter's
   *     errors
   */
  public PageMapping kmap(long page) {
    hold("mapped");
    try {
      PageMapping mapping = pageMaps.kmap(page, client.pageSize());
      if (!isOpen()) {
        mapping.close();
        throw closed("mapped");
      }
      return mapping;
    } finally {
      buffer.unref();
    }
  }

  /**
   * Maps a range for the CPU; also what an importer does that has an mmap of its own: the mapping
   * holds the buffer, and nothing else need be forwarded. Kernel counterpart: {@code
   * dma_buf_mmap()}.
   *
   * @param offset the first byte, a multiple of the page size, 0 or more
   * @param length bytes, 1 or more
   * @param writable whether stores are allowed
   * @return the mapping, never null
   * @throws DmaBufException EINVAL for a range outside the buffer's whole pages or an exporter
   *     without mmap; EOVERFLOW for a negative offset; EBADF; ENODEV; ENOMEM
   */
  public CpuMapping mmap(long offset, long length, boolean writable) {
    check("mapped");
    CpuMaps.check(buffer, offset, length);
    return client.mmap(buffer, offset, length, writable);
  }

  /**
   * Maps the whole buffer at adjacent addresses for the CPU, counted; the reservation must be held.
   *
   * @return the memory, the same for all users, never null
   * @throws DmaBufException EINVAL without the reservation or when the exporter has no vmap; EBADF;
   *     ENODEV; ENOMEM
   */
  public MemorySegment vmap() {
    hold("vmapped");
    try {
      MemorySegment address = vmaps.map(this);
      if (!isOpen()) {
        // Closed meanwhile, by a thread that perhaps did not see this vmap.
        dropMaps();
        throw closed("vmapped");
      }
      return address;
    } finally {
      buffer.unref();
    }
  }

  /**
   * As {@link #vmap()}, into a pointer that knows whose memory it is. It is cleared first, and
   * stays so when the call fails.
   *
   * @param into the pointer, never null
   * @throws DmaBufException as {@link #vmap()}
   */
  public void vmap(IosysMap into) {
    into.clear();
    MemorySegment address = vmap();
    if (buffer.vmap().isIoMemory()) {
      into.setIo(address);
    } else {
      into.setSystem(address);
    }
  }

  /**
   * As {@link #vunmap(MemorySegment)}, and clears the pointer.
   *
   * @param map as {@link #vmap(IosysMap)} set it, never null
   * @throws DmaBufException as {@link #vunmap(MemorySegment)}, then the pointer stays
   */
  public void vunmap(IosysMap map) {
    vunmap(map.memory());
    map.clear();
  }

  /**
   * Gives a vmap back; the reservation must be held.
   *
   * @param address what vmap returned
   * @throws DmaBufException EINVAL without the reservation, for a foreign address, or when this
   *     handle has no vmap
   */
  public void vunmap(MemorySegment address) {
    vmaps.unmap(address, client.name());
  }

  /**
   * Returns whether the exporter moves the storage unless it is pinned: a device that attaches
   * without {@link ImporterOps} then keeps it in one place, perhaps a slow one, until it detaches.
   */
  public boolean isDynamic() {
    return buffer.isDynamic();
  }

  /**
   * Tells all dynamic importers that the storage moves; for exporters, with the reservation held.
   *
   * @throws DmaBufException EINVAL without the reservation
   */
  public void moveNotify() {
    buffer.moveNotify();
  }

  /**
   * Takes the storage back while others use it, for the exporter of the buffer: from now on nobody
   * can attach, map or begin an access (ENODEV), dynamic importers are told by move notify, the
   * fences of all are waited for, and then, for a time, that all devices have unmapped. What is
   * still mapped then stays valid, and who maps it is logged. Doing it again only waits again.
   * Without the reservation held.
   *
   * @param bound how long to wait for the unmaps, on the product's clock, 0 or more, never null
   * @return whether no device has it mapped any more
   * @throws DmaBufException EBADF when the handle is closed; EPERM for another client than the
   *     exporter; EINVAL for a negative bound; EALREADY when this thread holds the reservation;
   *     ERESTARTSYS when interrupted: the buffer is taken back all the same, unless it was before
   *     the lock
   */
  public boolean revoke(Duration bound) {
    check("revoked");
    if (buffer.exporter() != client) {
      throw new DmaBufException(
          Errno.EPERM,
          client.name() + " was to revoke " + this + "; only " + buffer.exporter().name() + " may");
    }
    return buffer.revoke(bound);
  }

  @Override
  public String toString() {
    return buffer.describe();
  }

  boolean tryGet() {
    return count.tryGet(this);
  }

  /** Drops one count; false when there is none. */
  boolean tryPut() {
    try {
      RefCount.Put put = count.put();
      if (put == RefCount.Put.LAST) {
        buffer.debug().checkNotHeld(buffer, "The last put of a handle");
        client.forget(listed);
        listed.unnote();
        dropMaps();
        buffer.unref();
      }
      return put != RefCount.Put.NONE;
    } finally {
      // Who is about to give it back has not dropped it.
      Reference.reachabilityFence(this);
    }
  }

  Client client() {
    return client;
  }

  BufferObject buffer() {
    return buffer;
  }

  boolean isOpen() {
    return count.isLive();
  }

  /** Drops all counts and vmaps; the client's teardown. */
  void abandon() {
    if (count.retire()) {
      unnote();
      dropMaps();
      buffer.unref();
    }
  }

  private void dropMaps() {
    pageMaps.abandon();
    vmaps.abandon();
  }

  Snapshot.Handle snapshot(long atNanos) {
    return new Snapshot.Handle(
        client.name(),
        count.references(),
        vmaps.users(),
        Snapshot.Taken.of(atNanos - sinceNanos, noted));
  }

  private void check(String what) {
    if (!count.isLive()) {
      throw closed(what);
    }
  }

  /**
   * Keeps the buffer for the time of a call into its driver, whatever other threads close; {@code
   * buffer.unref()} ends it.
   */
  private void hold(String what) {
    if (!count.isLive() || !buffer.tryRef()) {
      throw closed(what);
    }
  }

  private DmaBufException closed(String what) {
    return new DmaBufException(
        Errno.EBADF,
        "The handle of " + client.name() + " of " + this + " is closed and was to be " + what);
  }
}
