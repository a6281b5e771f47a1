package org.dmabuf;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.debug.Leak;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.RankedLock;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.debug.Violation;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.file.FileTable;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.handover.StateBook;
import org.dmabuf.limit.UsageTree;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.memory.MemoryRange;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sync.SyncObj;
import org.dmabuf.sync.SyncTimeline;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One client's door to the framework: an OSGi service of which every bundle gets its own, as every
 * process has its own side of the kernel. What a client takes through it is in the books under its
 * name and is undone in order when its bundle has stopped.
 *
 * <pre>
 *   OPEN --bundle STOPPING--> LEAVING --bundle stopped--> GONE
 *   takes and gives           gives only                  everything undone
 * </pre>
 *
 * <p>In LEAVING and GONE whatever would take something new fails with ENODEV. Thread-safe; no lock
 * is held on return. Kernel counterpart: the functions of {@code dma-buf.c}, and {@code
 * task_struct} for who holds what.
 */
@ProviderType
public interface DmaBufRegistry {

  /** Returns the client's name, never null. */
  String name();

  /**
   * Exports a buffer.
   *
   * @param info what it is, never null
   * @return the caller's handle with one count, never null
   * @throws DmaBufException ENOENT when the caller's bundle is stopping; EDQUOT when it has as many
   *     live buffers as it may; then nothing of the driver's is called
   */
  DmaBuf export(ExportInfo info);

  /**
   * Exports a buffer under this client's own name, with a fresh reservation.
   *
   * @param size bytes, 0 or more
   * @param ops what the driver does for it, never null
   * @param policy what becomes of it when the driver's bundle stops, never null
   * @return the caller's handle with one count, never null
   * @throws DmaBufException as {@link #export(ExportInfo)} and {@link ExportInfo}
   */
  default DmaBuf export(long size, DmaBufOps ops, ExportPolicy policy) {
    return export(ExportInfo.of(name(), size, ops, policy));
  }

  /**
   * Finds the cheapest way to make a buffer that suits all devices that will use it, and has it
   * made, charged to this client. {@link Negotiation} states the order; when an exporter fails or
   * has left, the next one is asked. Devices that leave meanwhile say so when they attach. No lock
   * is held across the calls to importers and exporters; the caller must hold no reservation.
   *
   * @param request what is wanted, never null
   * @param importers the devices, in any order; none for an exporter's buffer that suits nobody in
   *     particular; never null
   * @return this client's handle with one count, and what was made, never null
   * @throws DmaBufException EINVAL when no candidate suits everybody: the sentence says for each
   *     which device rules it out and why; ENODEV when there is no exporter to ask, a device is
   *     gone, or this bundle leaves; when all that fit have failed, what the last one said, and the
   *     sentence says it of each; EINTR and ERESTARTSYS at once. Then there is no buffer
   */
  NegotiatedBuffer allocate(BufferRequest request, Importer... importers);

  /**
   * Answers who could make a buffer that suits all devices, and why the others could not. Nothing
   * is allocated and no exporter is called.
   *
   * @param request what is wanted, never null
   * @param importers the devices, never null
   * @return the answer, also when nobody can; never null
   * @throws DmaBufException ENODEV when a device is gone or this bundle leaves
   */
  Negotiation negotiate(BufferRequest request, Importer... importers);

  /** Returns what the exporters that can be asked now can make, in no order; never null. */
  List<ExporterOffer> exporters();

  /** Returns what the devices that are there now need, by their properties; never null. */
  List<ImporterNeeds> importers();

  /**
   * Has this client told when one of these comes, changes or goes: a request that nobody suited may
   * be repeated then. It ends when it is closed, at the latest with this bundle.
   *
   * @param told called after each change with no lock held; must be short; never null
   * @return ends it, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  Listing whenDevicesChange(Runnable told);

  /**
   * Makes a handle of this client for a buffer that another client's handle names.
   *
   * @param foreign the other handle, which stays as it is, never null
   * @return this client's handle, one count more, never null
   * @throws DmaBufException EBADF when the other handle is closed; ENODEV when this bundle leaves
   */
  DmaBuf adopt(DmaBuf foreign);

  /**
   * Takes a handle for the buffer behind a descriptor of any client's table.
   *
   * @param table the table, never null
   * @param fd the descriptor
   * @return this client's handle, one count more, never null
   * @throws DmaBufException EBADF when it is not open; EINVAL when it is not a dma-buf; ENODEV when
   *     this bundle leaves
   */
  DmaBuf get(FileTable table, int fd);

  /** As {@link #get(FileTable, int)} with this client's own table. */
  default DmaBuf get(int fd) {
    return get(files(), fd);
  }

  /**
   * Gives a buffer a descriptor. One count of the caller's handle passes to it.
   *
   * @param buffer a handle of this client, never null
   * @param table the table of the client that will have the descriptor, never null
   * @param cloexec whether it is closed on exec
   * @return the descriptor
   * @throws DmaBufException EINVAL for null, EMFILE when the table is full, EBADF when it or the
   *     handle is closed, ENODEV when this bundle leaves; then the caller keeps its count
   */
  int fd(DmaBuf buffer, FileTable table, boolean cloexec);

  /** Returns this client's descriptors, never null. */
  FileTable files();

  /**
   * Opens a table for a program within this bundle that is to have descriptors of its own. It is
   * closed with the bundle at the latest; what is allocated through it is charged to this bundle.
   *
   * @param process the program, as messages show it, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  FileTable openTable(String process);

  /** Returns a fresh reservation, for exporters whose buffers share one; never null. */
  DmaResv reservation();

  /**
   * Opens a fence context, which is closed with the bundle at the latest: then its pending fences
   * complete with ECANCELED.
   *
   * @param driverName the driver, never null
   * @param timelineName the timeline, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  default FenceContext fenceContext(String driverName, String timelineName) {
    return fenceContext(FenceContextInfo.of(driverName, timelineName));
  }

  /**
   * As {@link #fenceContext(String, String)}, with hooks or a watchdog.
   *
   * @param info what the driver says of the context, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  FenceContext fenceContext(FenceContextInfo info);

  /**
   * Opens a software timeline, which is closed with the bundle at the latest: then its pending
   * fences complete with ENOENT.
   *
   * @param name the timeline's name, as descriptions show it; Linux takes the program's; never null
   * @return the open file with one reference, the caller's, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  SyncTimeline timeline(String name);

  /**
   * Makes an empty sync object. It has nothing of this bundle and lives as long as anybody knows
   * it.
   *
   * @return the object, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  SyncObj syncObj();

  /**
   * Opens a device that has sync objects and nothing else, for a driver's node. The file has
   * nothing of the driver and works on when that is gone.
   *
   * @param caller the table of the client that gets the descriptor, never null
   * @param device the device's name, as messages show it; never null
   * @param flags access mode, O_CLOEXEC and O_NONBLOCK, see {@link org.dmabuf.file.OpenFlags}
   * @return the descriptor
   * @throws DmaBufException ENODEV when this bundle leaves; EMFILE when the table is full; EBADF
   *     when it is closed
   */
  int syncObjDevice(FileTable caller, String device, int flags);

  /**
   * Makes a callback, which is forgotten with the bundle at the latest.
   *
   * @param target what to call, see {@link FenceCallback}; never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  FenceCallback callback(Consumer<? super DmaFence> target);

  /**
   * Takes zeroed memory out of the framework's pool. It goes back at the latest when this bundle
   * has stopped and nothing maps it any more.
   *
   * @param bytes how much, 1 or more, rounded up to pages
   * @param account whom to charge, usually {@link FileTable#account()} of who asked; never null
   * @throws DmaBufException EINVAL, ENOMEM; ENODEV when this bundle leaves
   */
  BackingStore allocate(long bytes, MemoryAccount account);

  /**
   * Registers a region of reserved memory, from which buffers in one run are taken. It is
   * unregistered when it is closed, at the latest when this bundle has stopped; buffers of it live
   * on, and who registers the same name and size again goes on with the same memory.
   *
   * @param region its name, not empty, never null
   * @param bytes its size, 1 page or more, rounded down to pages
   * @throws DmaBufException EINVAL for an empty name, less than a page, or a name that is
   *     registered; EBUSY while buffers of a region of that name but another size live; ENODEV when
   *     this bundle leaves
   */
  ReservedRegion reserve(String region, long bytes);

  /**
   * As {@link #allocate(long, MemoryAccount)}, in one run of a reserved region.
   *
   * @param region a registered one, never null
   * @throws DmaBufException EINVAL, ENOMEM; ENODEV when the region is unregistered or this bundle
   *     leaves
   */
  BackingStore allocate(ReservedRegion region, long bytes, MemoryAccount account);

  /**
   * Makes a memory file of zeros without seals. Its owner closes it: usually a descriptor.
   *
   * @param name as messages show it, without NUL, never null
   * @param bytes its exact size, 0 or more
   * @param account whom to charge for its pages, usually that of who asked; never null
   * @throws DmaBufException EINVAL for a size below 0 or one that cannot be rounded up to pages;
   *     ENOMEM; ENODEV when this bundle leaves
   */
  MemoryFile memoryFile(String name, long bytes, MemoryAccount account);

  /**
   * Gives a program a memory file of zeros with some seals, open for reading and writing, by one
   * call: memfd_create, ftruncate and F_ADD_SEALS.
   *
   * @param table the program's descriptors, whose account is charged, never null
   * @param name as messages show it, without NUL, never null
   * @param bytes its exact size, 0 or more
   * @param seals a combination of the seals of {@link MemoryFile}
   * @param cloexec whether the descriptor is closed on exec
   * @return the descriptor
   * @throws DmaBufException EINVAL for a bad size or unknown seals; ENOMEM; EMFILE when the table
   *     is full, EBADF when it is closed; ENODEV when this bundle leaves; then there is no file
   */
  int memfd(FileTable table, String name, long bytes, int seals, boolean cloexec);

  /**
   * Takes pages of memory files, in the order given; a page may come twice. They go back at the
   * latest when this bundle has stopped and nothing maps them any more.
   *
   * @param ranges one or more, never null
   * @throws DmaBufException EINVAL for no range, one that is empty, unaligned or not within its
   *     file's exact size, and for other seals than SHRINK without WRITE and FUTURE_WRITE; ENODEV
   *     when a file is closed or this bundle leaves
   */
  BackingStore store(List<MemoryRange> ranges);

  /** Returns the size of a page in bytes. */
  int pageSize();

  /**
   * Returns what starts threads, queues of work and timers that end with this bundle, always the
   * same, never null.
   */
  DriverThreads threads();

  /**
   * Makes an arena for a driver's own memory, which is charged to it and ends with its bundle, if
   * it is not closed before. Its threads share it.
   *
   * @return the arena; allocating from it beyond the client's limit is ENOMEM; never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  Arena arena();

  /**
   * Leaves the state of a device to its successor, in the place of one that was left before. It
   * waits for {@link StateBook#KEPT} on the product's clock.
   *
   * @param device whose, by a name that the successor has, too; never null
   * @param state plain data, never null
   * @throws DmaBufException ENODEV when this bundle has stopped (its components' deactivation comes
   *     before); ENOSPC when {@link StateBook#MOST} devices' wait
   */
  void leaveState(String device, DeviceState state);

  /**
   * Takes the state that the predecessor of a device has left; it waits no longer then.
   *
   * @param device whose, never null
   * @param kind of state that the caller understands, never null
   * @param newest version of it that the caller understands, 1 or more
   * @return empty when none waits, or one of another kind or a newer version, which is told of in
   *     the log: then the device begins anew; never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  Optional<DeviceState> takeState(String device, String kind, int newest);

  /** Returns the product's clock, never null. */
  DmaClock clock();

  /**
   * Returns what becomes of live buffers when an exporter stops whose own configuration does not
   * say: the product's policy.
   *
   * @param configured what the exporter's configuration says; null when it says nothing
   * @return that, or the product's; never null
   */
  ExportPolicy policy(ExportPolicy configured);

  /**
   * Returns how long a bundle that stops waits for what it lent under {@link ExportPolicy#WAIT}, on
   * the product's clock; never null.
   */
  Duration waitBound();

  /** Returns the counters of all frame bytes that move in the product, never null. */
  TransferMeter meter();

  /** Returns all live buffers of the product, oldest first, as they were at one moment each. */
  List<BufferInfo> buffers();

  /**
   * Goes through all live buffers of the product, oldest first. Takes no lock, and stops nobody: a
   * buffer that lives from the beginning to the end of the walk is seen once, others perhaps.
   *
   * @return what can be walked through once or more, each time anew; never null
   */
  Iterable<BufferStatistics> statistics();

  /** Returns what the product holds in all. */
  Holdings holdings();

  /**
   * Returns all that is held in the product, by whom and since when. No reservation is taken, so
   * that it can be asked also when something hangs; never null.
   */
  Snapshot snapshot();

  /**
   * Returns who has how much of what is limited for each bundle, as a tree of the product, its
   * bundles and their buffers; never null.
   */
  UsageTree usage();

  /**
   * Returns how many calls into drivers, and allocations, of the product went wrong on purpose so
   * far: faults that were injected.
   */
  long injected();

  /**
   * Returns what was taken and not given back in the product, one for each place, as far as it was
   * found so far; always empty unless leaks are looked for; never null.
   */
  List<Leak> leaks();

  /**
   * Returns the rules that drivers broke, one for each pair of places, as far as they were found so
   * far; always empty outside debug mode; never null.
   */
  List<Violation> violations();

  /**
   * Makes a lock for a driver's own state, whose place in the order of locks is checked in debug
   * mode.
   *
   * @param lock its name, as messages show it, never null
   * @param rank its place: reservations come before, never null
   * @throws DmaBufException EINVAL for the rank of reservations
   */
  RankedLock lock(String lock, LockRank rank);

  /**
   * Begins what this thread does for fences to complete: a driver marks so its way from the end of
   * a job to the signal, so that in debug mode a lock is told of that is taken there and held
   * elsewhere while a fence is waited for. Callbacks of fences and hooks of their producers need no
   * mark.
   *
   * @return what ends it, on this thread; never null
   */
  SignallingSection signalling();
}
