package org.dmabuf;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MemFd;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFile;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.memory.MemoryRange;
import org.dmabuf.memory.ReservedRegion;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sync.SyncTimeline;

/**
 * One client bundle as a process: everything that it took and has not given back.
 *
 * <pre>
 *   OPEN --leave()--> LEAVING --{@link Teardown}--> GONE
 * </pre>
 */
final class Client implements DmaBufRegistry {
  enum State {
    OPEN,
    LEAVING,
    GONE
  }

  private static final String OPEN_A_CONTEXT = "open a fence context";

  private final DmaBufCore core;
  private final String name;
  private final MemoryAccount account;
  private final FileTable files;
  private final Set<FileTable> tables = ConcurrentHashMap.newKeySet();
  private final CallGate gate = new CallGate();
  private final Map<Long, DmaBuf> handles = new ConcurrentHashMap<>();
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private final Set<CpuMapping> mappings = ConcurrentHashMap.newKeySet();
  private final Set<FenceContext> contexts = ConcurrentHashMap.newKeySet();
  private final Set<FenceCallback> callbacks = ConcurrentHashMap.newKeySet();
  private final Set<BackingStore> stores = ConcurrentHashMap.newKeySet();
  private final Set<ReservedRegion> regions = ConcurrentHashMap.newKeySet();
  private final Set<BufferObject> exported = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean torndown = new AtomicBoolean();
  private volatile State state = State.OPEN;

  Client(DmaBufCore core, String name) {
    this.core = core;
    this.name = name;
    this.account = core.newAccount(name);
    this.files = newTable(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DmaBuf export(ExportInfo info) {
    if (state != State.OPEN) {
      throw tooLateToExport(info);
    }
    BufferObject buffer = core.newBuffer(this, info);
    DmaBuf handle = null;
    try {
      exported.add(buffer);
      handle = listed(buffer);
    } finally {
      if (handle == null) {
        // No memory for the books: the driver frees what it has, and its release is not called.
        buffer.cancelExport();
        buffer.unref();
      }
    }
    if (state != State.OPEN) {
      buffer.cancelExport();
      handle.tryPut();
      throw tooLateToExport(info);
    }
    return handle;
  }

  @Override
  public DmaBuf adopt(DmaBuf foreign) {
    checkOpen("adopt buffers");
    BufferObject buffer = foreign.buffer();
    if (!foreign.isOpen() || !buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF, name + " was to adopt " + foreign + " by a handle that is closed");
    }
    return handleFor(buffer);
  }

  @Override
  public DmaBuf get(FileTable table, int fd) {
    checkOpen("take files");
    OpenFile file = table.get(fd);
    try {
      if (!(file instanceof DmaBufFile ours)) {
        throw new DmaBufException(
            Errno.EINVAL,
            "fd " + fd + " of " + table.owner() + " is a " + file.describe() + ", not a dma-buf");
      }
      if (!ours.buffer().tryRef()) {
        throw new DmaBufException(
            Errno.EBADF, file.describe() + " names a released buffer; the caller is at fault");
      }
      return handleFor(ours.buffer());
    } finally {
      file.put();
    }
  }

  @Override
  public int fd(DmaBuf buffer, FileTable table, boolean cloexec) {
    checkOpen("make files");
    if (buffer == null) {
      throw new DmaBufException(
          Errno.EINVAL, name + " was to give a descriptor to no buffer; a handle would work");
    }
    // A count of our own keeps the buffer for the time of this call, whatever others close.
    if (buffer.client() != this || !buffer.tryGet()) {
      throw new DmaBufException(
          Errno.EBADF, name + " has no open handle of " + buffer + "; adopt it first");
    }
    try {
      ref(buffer.buffer());
      int fd;
      try {
        fd = table.install(buffer.buffer().file(), cloexec);
      } catch (DmaBufException full) {
        buffer.buffer().unref();
        throw full;
      }
      buffer.tryPut();
      return fd;
    } finally {
      buffer.tryPut();
    }
  }

  @Override
  public FileTable files() {
    return files;
  }

  @Override
  public FileTable openTable(String process) {
    checkOpen("open a file table");
    FileTable table = newTable(process);
    tables.removeIf(FileTable::isClosed);
    tables.add(table);
    if (state != State.OPEN) {
      table.close();
    }
    checkOpen("open a file table");
    return table;
  }

  @Override
  public DmaResv reservation() {
    return core.newReservation();
  }

  @Override
  public FenceContext fenceContext(String driverName, String timelineName) {
    checkOpen(OPEN_A_CONTEXT);
    return listed(core.contexts().open(driverName, timelineName));
  }

  @Override
  public SyncTimeline timeline(String timelineName) {
    checkOpen(OPEN_A_CONTEXT);
    return new SyncTimeline(
        listed(core.contexts().openTimeline(SyncTimeline.DRIVER_NAME, timelineName)));
  }

  @Override
  public FenceCallback callback(Consumer<? super DmaFence> target) {
    checkOpen("make a callback");
    FenceCallback callback = new FenceCallback(target, callbacks::remove);
    callbacks.add(callback);
    if (state != State.OPEN) {
      callback.close();
    }
    checkOpen("make a callback");
    return callback;
  }

  @Override
  public BackingStore allocate(long bytes, MemoryAccount charged) {
    checkOpen("allocate memory");
    return keep(core.pool().allocate(bytes, charged, stores::remove));
  }

  @Override
  public ReservedRegion reserve(String regionName, long bytes) {
    checkOpen("reserve memory");
    ReservedRegion region = core.regions().register(regionName, bytes);
    regions.add(region);
    if (state != State.OPEN) {
      region.close();
    }
    checkOpen("reserve memory");
    return region;
  }

  @Override
  public BackingStore allocate(ReservedRegion region, long bytes, MemoryAccount charged) {
    checkOpen("allocate memory");
    return keep(region.allocate(bytes, charged, stores::remove));
  }

  @Override
  public MemoryFile memoryFile(String file, long bytes, MemoryAccount charged) {
    checkOpen("make a memory file");
    return core.memoryFiles().create(file, bytes, charged);
  }

  @Override
  public int memfd(FileTable table, String file, long bytes, int seals, boolean cloexec) {
    MemoryFile memory = memoryFile(file, bytes, table.account());
    MemFd open = new MemFd(memory, core.nextMemoryInode(), core.meter());
    try {
      if (seals != 0) {
        memory.addSeals(seals);
      }
      return table.install(open, cloexec);
    } catch (DmaBufException refused) {
      open.put();
      throw refused;
    }
  }

  @Override
  public BackingStore store(List<MemoryRange> ranges) {
    checkOpen("take pages of memory files");
    return keep(core.memoryFiles().store(ranges, stores::remove));
  }

  private BackingStore keep(BackingStore store) {
    stores.add(store);
    if (state != State.OPEN) {
      store.close();
    }
    checkOpen("allocate memory");
    return store;
  }

  @Override
  public int pageSize() {
    return core.pool().pageSize();
  }

  @Override
  public DmaClock clock() {
    return core.clock();
  }

  @Override
  public TransferMeter meter() {
    return core.meter();
  }

  @Override
  public List<BufferInfo> buffers() {
    return core.buffers();
  }

  @Override
  public Iterable<BufferStatistics> statistics() {
    return core.statistics();
  }

  @Override
  public Holdings holdings() {
    return core.holdings();
  }

  CallGate gate() {
    return gate;
  }

  MemoryAccount account() {
    return account;
  }

  /** How many descriptors are open in all tables. */
  long openFiles() {
    return files.size() + tables.stream().mapToLong(FileTable::size).sum();
  }

  Set<FileTable> tables() {
    return tables;
  }

  Map<Long, DmaBuf> handles() {
    return handles;
  }

  Set<Attachment> attachments() {
    return attachments;
  }

  Set<CpuMapping> mappings() {
    return mappings;
  }

  Set<FenceContext> contexts() {
    return contexts;
  }

  Set<FenceCallback> callbacks() {
    return callbacks;
  }

  Set<ReservedRegion> regions() {
    return regions;
  }

  Set<BackingStore> stores() {
    return stores;
  }

  Set<BufferObject> exported() {
    return exported;
  }

  /** From now on it may only give back. */
  synchronized void leave() {
    if (state == State.OPEN) {
      state = State.LEAVING;
    }
  }

  /** True once: who gets it undoes everything. */
  boolean beginsTeardown() {
    return torndown.compareAndSet(false, true);
  }

  synchronized void gone() {
    state = State.GONE;
  }

  Attachment attach(BufferObject buffer, DmaDevice device, ImporterOps importer) {
    checkOpen("attach devices");
    ref(buffer);
    Attachment attachment = null;
    try {
      attachment = Attachment.attach(this, buffer, device, importer);
      attachments.add(attachment);
    } finally {
      if (attachment == null) {
        buffer.unref();
      }
    }
    if (state != State.OPEN) {
      attachment.abandon();
    }
    checkOpen("attach devices");
    return attachment;
  }

  /** Maps a range that was checked; the mapping is this client's until it is closed. */
  CpuMapping mmap(BufferObject buffer, long offset, long length, boolean writable) {
    checkOpen("map buffers");
    int protection = writable ? MmapFlags.PROT_READ | MmapFlags.PROT_WRITE : MmapFlags.PROT_READ;
    CpuMapping mapping = buffer.mmap(offset, length, protection);
    mappings.add(mapping);
    mapping.whenUnmapped(() -> mappings.remove(mapping));
    if (state != State.OPEN) {
      mapping.close();
    }
    checkOpen("map buffers");
    return mapping;
  }

  void forget(DmaBuf handle) {
    handles.remove(handle.inode(), handle);
  }

  void forget(Attachment attachment) {
    attachments.remove(attachment);
  }

  void exportGone(BufferObject buffer) {
    exported.remove(buffer);
    core.wakeAll();
  }

  /** The storage passes to the framework. */
  void disown(BackingStore store) {
    stores.remove(store);
  }

  private FileTable newTable(String owner) {
    return new FileTable(owner, account, core.fileLimit(), core.pool().pageSize(), core.clock());
  }

  /** One reference to the buffer passes to the handle. */
  private DmaBuf handleFor(BufferObject buffer) {
    DmaBuf handle = listed(buffer);
    if (state != State.OPEN) {
      handle.tryPut();
    }
    checkOpen("take buffers");
    return handle;
  }

  private FenceContext listed(FenceContext context) {
    contexts.removeIf(FenceContext::isClosed);
    contexts.add(context);
    if (state != State.OPEN) {
      context.close();
      contexts.remove(context);
    }
    checkOpen(OPEN_A_CONTEXT);
    return context;
  }

  private DmaBuf listed(BufferObject buffer) {
    while (true) {
      DmaBuf known = handles.get(buffer.inode());
      if (known != null && known.tryGet()) {
        buffer.unref();
        return known;
      }
      DmaBuf fresh = new DmaBuf(this, buffer);
      boolean listed =
          known == null
              ? handles.putIfAbsent(buffer.inode(), fresh) == null
              : handles.replace(buffer.inode(), known, fresh);
      if (listed) {
        return fresh;
      }
    }
  }

  private static void ref(BufferObject buffer) {
    if (!buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF,
          buffer.describe() + " was used by a handle that another thread closed meanwhile");
    }
  }

  private DmaBufException tooLateToExport(ExportInfo info) {
    return new DmaBufException(
        Errno.ENOENT,
        name + " is " + state + " and can export no buffer of " + info.exporterName());
  }

  /**
   * Whoever takes something asks before, and again when it is in the books: either it asks in time,
   * or the teardown, which begins by leaving OPEN, finds it there.
   */
  private void checkOpen(String what) {
    if (state != State.OPEN) {
      throw new DmaBufException(
          Errno.ENODEV, name + " is " + state + " and can no longer " + what + "; it has stopped");
    }
  }
}
