package org.dmabuf;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.Leak;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.RankedLock;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.debug.Violation;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fence.ContextOwner;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.OpenContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.TableOwner;
import org.dmabuf.handover.DeviceState;
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
import org.dmabuf.sync.SyncObjDevice;
import org.dmabuf.sync.SyncTimeline;

/**
 * One client bundle as a process.
 *
 * <pre>
 *   Client ---- {@link ClientLife}      OPEN, LEAVING, GONE
 *     |    ---- {@link Books}           what it took and has not given back
 *     |
 *     +-- {@link ClientBuffers}, {@link ClientMemory}, {@link ClientNegotiation}
 *                                       the calls, by what they are about
 * </pre>
 */
final class Client implements DmaBufRegistry {
  private final DmaBufCore core;
  private final String bundle;
  private final String name;
  private final ClientQuotas quotas;
  private final ClientFaults faults;
  private final FileTable files;
  private final CallGate gate = new CallGate();
  private final Books books = new Books();
  private final Consumer<FenceCallback> forgetCallback = books.callbacks()::remove;
  private final ClientLife life;
  private final ClientBuffers buffers;
  private final ClientMemory memory;
  private final ClientNegotiation negotiation;
  private final ClientThreads threads;
  private final LeakTracker leaks;

  Client(DmaBufCore core, String bundle, String name) {
    this.core = core;
    this.bundle = bundle;
    this.name = name;
    this.quotas = new ClientQuotas(name, core.newAccount(name));
    this.faults = new ClientFaults(bundle);
    this.leaks = core.leaks().tracker(name);
    this.life = new ClientLife(name);
    this.threads = new ClientThreads(name, core.clock(), life);
    this.buffers = new ClientBuffers(core, this, life, books);
    this.memory = new ClientMemory(core, quotas.account(), faults, life, books);
    this.files = newTable(name);
    this.negotiation = new ClientNegotiation(core.catalog(), life, buffers, books, files);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DmaBuf export(ExportInfo info) {
    return buffers.export(info);
  }

  @Override
  public NegotiatedBuffer allocate(BufferRequest request, Importer... importers) {
    return negotiation.allocate(request, importers);
  }

  @Override
  public Negotiation negotiate(BufferRequest request, Importer... importers) {
    return negotiation.negotiate(request, importers);
  }

  @Override
  public List<ExporterOffer> exporters() {
    return negotiation.exporters();
  }

  @Override
  public List<ImporterNeeds> importers() {
    return negotiation.importers();
  }

  @Override
  public Listing whenDevicesChange(Runnable told) {
    return negotiation.whenDevicesChange(told);
  }

  @Override
  public DmaBuf adopt(DmaBuf foreign) {
    return buffers.adopt(foreign);
  }

  @Override
  public DmaBuf get(FileTable table, int fd) {
    return buffers.get(table, fd);
  }

  @Override
  public int fd(DmaBuf buffer, FileTable table, boolean cloexec) {
    return buffers.fd(buffer, table, cloexec);
  }

  @Override
  public FileTable files() {
    return files;
  }

  @Override
  public FileTable openTable(String process) {
    FileTable table = newTable(process);
    books.tables().removeIf(FileTable::isClosed);
    books.tables().add(table);
    return life.kept("open a file table", table, FileTable::close);
  }

  @Override
  public DmaResv reservation() {
    return core.newReservation();
  }

  @Override
  public FenceContext fenceContext(FenceContextInfo info) {
    strikeContext(info.timelineName());
    Acquisition note =
        leaks.keep(LeakKind.FENCE_CONTEXT, info.driverName() + " " + info.timelineName());
    return listed(core.contexts().open(info, owner(note)));
  }

  @Override
  public SyncTimeline timeline(String timelineName) {
    strikeContext(timelineName);
    Acquisition note = leaks.keep(LeakKind.FENCE_CONTEXT, timelineName);
    return new SyncTimeline(
        listed(core.contexts().openTimeline(SyncTimeline.DRIVER_NAME, timelineName, owner(note))));
  }

  @Override
  public SyncObj syncObj() {
    life.checkOpen("make a sync object");
    return new SyncObj(core.contexts());
  }

  @Override
  public int syncObjDevice(FileTable caller, String device, int flags) {
    life.checkOpen("open a device of sync objects");
    return caller.install(
        new SyncObjDevice(device, core.contexts(), flags), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  @Override
  public FenceCallback callback(Consumer<? super DmaFence> target) {
    FenceCallback callback = new FenceCallback(core.debug().inSignalling(target), forgetCallback);
    books.callbacks().add(callback);
    return life.kept("make a callback", callback, FenceCallback::close);
  }

  @Override
  public BackingStore allocate(long bytes, MemoryAccount charged) {
    return memory.allocate(bytes, charged);
  }

  @Override
  public ReservedRegion reserve(String regionName, long bytes) {
    return memory.reserve(regionName, bytes);
  }

  @Override
  public BackingStore allocate(ReservedRegion region, long bytes, MemoryAccount charged) {
    return memory.allocate(region, bytes, charged);
  }

  @Override
  public MemoryFile memoryFile(String file, long bytes, MemoryAccount charged) {
    return memory.memoryFile(file, bytes, charged);
  }

  @Override
  public int memfd(FileTable table, String file, long bytes, int seals, boolean cloexec) {
    return memory.memfd(table, file, bytes, seals, cloexec);
  }

  @Override
  public BackingStore store(List<MemoryRange> ranges) {
    return memory.store(ranges);
  }

  @Override
  public int pageSize() {
    return core.pool().pageSize();
  }

  @Override
  public ClientThreads threads() {
    return threads;
  }

  @Override
  public Arena arena() {
    return memory.arena();
  }

  @Override
  public void leaveState(String device, DeviceState state) {
    life.checkNotGone("leave the state of a device");
    core.states().leave(device, state, name);
  }

  @Override
  public Optional<DeviceState> takeState(String device, String kind, int newest) {
    life.checkOpen("take the state of a device");
    return core.states().take(device, kind, newest, name);
  }

  @Override
  public DmaClock clock() {
    return core.clock();
  }

  @Override
  public ExportPolicy policy(ExportPolicy configured) {
    return configured == null ? core.policy() : configured;
  }

  @Override
  public Duration waitBound() {
    return core.releases().waitBound();
  }

  @Override
  public TransferMeter meter() {
    return core.meter();
  }

  @Override
  public List<BufferInfo> buffers() {
    return core.inventory().infos();
  }

  @Override
  public Iterable<BufferStatistics> statistics() {
    return core.inventory().statistics();
  }

  @Override
  public Holdings holdings() {
    return core.holdings();
  }

  @Override
  public Snapshot snapshot() {
    return core.inspection().snapshot();
  }

  @Override
  public UsageTree usage() {
    return core.usage();
  }

  @Override
  public long injected() {
    return core.faults().struck();
  }

  @Override
  public List<Leak> leaks() {
    return core.leaks().leaks();
  }

  @Override
  public List<Violation> violations() {
    return core.debug().violations();
  }

  @Override
  public RankedLock lock(String lock, LockRank rank) {
    if (rank == LockRank.RESERVATION) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A lock '" + lock + "' of " + name + " was to be a reservation; DRIVER or QUEUE works");
    }
    return new RankedLock(name + "'s " + lock, rank, core.debug().rules());
  }

  @Override
  public SignallingSection signalling() {
    return core.debug().signalling();
  }

  /** What notes where this client takes things. */
  LeakTracker tracker() {
    return leaks;
  }

  /** The symbolic name. */
  String bundle() {
    return bundle;
  }

  ClientQuotas quotas() {
    return quotas;
  }

  ClientFaults faults() {
    return faults;
  }

  CallGate gate() {
    return gate;
  }

  Books books() {
    return books;
  }

  ClientLife life() {
    return life;
  }

  Attachment attach(BufferObject buffer, DmaDevice device, ImporterOps importer) {
    return buffers.attach(buffer, device, importer);
  }

  CpuMapping mmap(BufferObject buffer, long offset, long length, boolean writable) {
    return buffers.mmap(buffer, offset, length, writable);
  }

  void forget(DmaBuf handle) {
    books.handles().remove(handle.inode(), handle);
  }

  void forget(Attachment attachment) {
    books.attachments().remove(attachment);
    attachment.unnote();
  }

  void exportGone(BufferObject buffer) {
    books.exported().remove(buffer);
    quotas.giveBuffer(buffer.policy());
    core.releases().wakeAll();
  }

  /** The storage passes to the framework. */
  void disown(BackingStore store) {
    books.stores().remove(store);
  }

  private FileTable newTable(String owner) {
    return new FileTable(
        new TableOwner(owner, quotas.account(), leaks, quotas.files(), faults),
        core.fileLimit(),
        core.pool().pageSize(),
        core.clock());
  }

  private void strikeContext(String timelineName) {
    if (faults.isOn()) {
      faults.before(FaultPoint.FENCE_CONTEXT, "The opening of fence context " + timelineName);
    }
  }

  private ContextOwner owner(Acquisition note) {
    return new ContextOwner(quotas.fences(), faults, gate, () -> LeakTracker.release(note));
  }

  private FenceContext listed(FenceContext context) {
    books.contexts().removeIf(OpenContext::isClosed);
    books.contexts().add(context.entry());
    return life.kept(
        "open a fence context",
        context,
        late -> {
          late.close();
          books.contexts().remove(late.entry());
        });
  }
}
