package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.resv.DmaResv;

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

  private final DmaBufCore core;
  private final String name;
  private final MemoryAccount account;
  private final FileTable files;
  private final CallGate gate = new CallGate();
  private final Map<Long, DmaBuf> handles = new ConcurrentHashMap<>();
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private final Set<CpuMapping> mappings = ConcurrentHashMap.newKeySet();
  private final Set<FenceContext> contexts = ConcurrentHashMap.newKeySet();
  private final Set<FenceCallback> callbacks = ConcurrentHashMap.newKeySet();
  private final Set<BackingStore> stores = ConcurrentHashMap.newKeySet();
  private final Set<BufferObject> exported = ConcurrentHashMap.newKeySet();
  private volatile State state = State.OPEN;

  Client(DmaBufCore core, String name) {
    this.core = core;
    this.name = name;
    this.account = new MemoryAccount(name);
    this.files = new FileTable(name, account, FileTable.DEFAULT_LIMIT);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DmaBuf export(ExportInfo info) {
    if (state != State.OPEN) {
      throw new DmaBufException(
          Errno.ENOENT,
          name + " is " + state + " and can export no buffer of " + info.exporterName());
    }
    BufferObject buffer = core.newBuffer(this, info);
    exported.add(buffer);
    return handleFor(buffer);
  }

  @Override
  public DmaBuf adopt(DmaBuf foreign) {
    checkOpen("adopt " + foreign);
    BufferObject buffer = foreign.buffer();
    if (!foreign.isOpen() || !buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF, name + " was to adopt " + foreign + " by a handle that is closed");
    }
    return handleFor(buffer);
  }

  @Override
  public DmaBuf get(FileTable table, int fd) {
    checkOpen("take fd " + fd + " of " + table.owner());
    OpenFile file = table.get(fd);
    try {
      if (!(file instanceof DmaBufFile ours)) {
        throw new DmaBufException(
            Errno.EINVAL,
            "fd " + fd + " of " + table.owner() + " is a " + file.describe() + ", not a dma-buf");
      }
      if (!ours.buffer().tryRef()) {
        throw new IllegalStateException(file.describe() + " names a released buffer");
      }
      return handleFor(ours.buffer());
    } finally {
      file.put();
    }
  }

  @Override
  public int fd(DmaBuf buffer, FileTable table, boolean cloexec) {
    if (buffer.client() != this || !buffer.isOpen()) {
      throw new DmaBufException(
          Errno.EBADF, name + " has no open handle of " + buffer + "; adopt it first");
    }
    if (!buffer.buffer().tryRef()) {
      throw new IllegalStateException(buffer + " is released under an open handle");
    }
    DmaBufFile file = new DmaBufFile(buffer.buffer());
    try {
      int fd = table.install(file, cloexec);
      buffer.close();
      return fd;
    } catch (DmaBufException full) {
      file.put();
      throw full;
    }
  }

  @Override
  public FileTable files() {
    return files;
  }

  @Override
  public DmaResv reservation() {
    return core.newReservation();
  }

  @Override
  public FenceContext fenceContext(String driverName, String timelineName) {
    checkOpen("open a fence context");
    FenceContext context = core.contexts().open(driverName, timelineName);
    contexts.removeIf(FenceContext::isClosed);
    contexts.add(context);
    return context;
  }

  @Override
  public FenceCallback callback(Consumer<? super DmaFence> target) {
    checkOpen("make a callback");
    FenceCallback callback = new FenceCallback(target, callbacks::remove);
    callbacks.add(callback);
    return callback;
  }

  @Override
  public BackingStore allocate(long bytes, MemoryAccount charged) {
    checkOpen("allocate " + bytes + " bytes");
    BackingStore store = core.pool().allocate(bytes, charged, stores::remove);
    stores.add(store);
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
  public Holdings holdings() {
    return core.holdings();
  }

  CallGate gate() {
    return gate;
  }

  MemoryAccount account() {
    return account;
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

  Set<BackingStore> stores() {
    return stores;
  }

  Set<BufferObject> exported() {
    return exported;
  }

  void setState(State next) {
    state = next;
  }

  Attachment attach(BufferObject buffer, DmaDevice device, ImporterOps importer) {
    checkOpen("attach " + device.name());
    if (!buffer.tryRef()) {
      throw new IllegalStateException(buffer.describe() + " is released under an open handle");
    }
    try {
      Attachment attachment = Attachment.attach(this, buffer, device, importer);
      attachments.add(attachment);
      return attachment;
    } catch (DmaBufException failed) {
      buffer.unref();
      throw failed;
    }
  }

  CpuMapping mmap(BufferObject buffer, long offset, long length, boolean writable) {
    checkOpen("map " + buffer.describe());
    Arena arena = Arena.ofShared();
    try {
      MemorySegment segment =
          buffer.callUnlocked(
              "mmap",
              ops -> {
                if (!(ops instanceof DmaBufOps.Mmappable mmappable)) {
                  throw new DmaBufException(
                      Errno.EINVAL, buffer.describe() + " has an exporter without mmap");
                }
                return mmappable.mmap(arena, offset, length, writable);
              });
      if (!buffer.tryRef()) {
        throw new IllegalStateException(buffer.describe() + " is released under an open handle");
      }
      buffer.mappingMade();
      CpuMapping mapping =
          new CpuMapping(this, buffer, arena, writable ? segment : segment.asReadOnly());
      mappings.add(mapping);
      return mapping;
    } catch (RuntimeException failed) {
      arena.close();
      throw failed;
    }
  }

  void forget(DmaBuf handle) {
    handles.remove(handle.inode(), handle);
  }

  void forget(Attachment attachment) {
    attachments.remove(attachment);
  }

  void forget(CpuMapping mapping) {
    mappings.remove(mapping);
  }

  void exportGone(BufferObject buffer) {
    exported.remove(buffer);
    core.exportGone(this);
  }

  /** The storage passes to the framework. */
  void disown(BackingStore store) {
    stores.remove(store);
  }

  /** One reference to the buffer passes to the handle. */
  private DmaBuf handleFor(BufferObject buffer) {
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

  private void checkOpen(String what) {
    if (state != State.OPEN) {
      throw new DmaBufException(
          Errno.ENODEV, name + " is " + state + " and can no longer " + what + "; it has stopped");
    }
  }
}
