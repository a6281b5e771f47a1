package org.dmabuf.gem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.MemoryAccount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running GEM device: everything but what its {@link GemDriver} does. A driver's component starts
 * it, registers it or itself as {@link GemDevice}, and closes it on deactivation.
 *
 * <pre>
 *   LIVE --close()--> LEAVING   under WAIT it waits, bounded, until its files are closed
 *        ----------> GONE       files answer ENODEV, handles are closed, objects freed but for
 *                               those with a dma-buf: that goes by its policy with the bundle
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_device} with {@code drm_gem.c} and {@code
 * drm_prime.c}.
 */
public final class GemCore implements GemDevice, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GemCore.class);

  /** How long a call that is inside the driver may take when it is to go, in real ms. */
  private static final long CALL_MILLIS = 5_000;

  private final DmaBufRegistry registry;
  private final GemDeviceInfo info;
  private final DriverGate gate = new DriverGate();
  private final FakeOffsets offsets = new FakeOffsets();
  private final OpenFiles files;
  private final Set<GemObject> objects = ConcurrentHashMap.newKeySet(); // not freed yet
  private final Map<Long, GemObject> exported = new ConcurrentHashMap<>(); // by dma-buf
  private final GemHandover handover;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile GemDriver driver;

  private GemCore(DmaBufRegistry registry, GemDeviceInfo info, GemDriver driver) {
    this.registry = registry;
    this.info = info;
    this.driver = driver;
    this.files = new OpenFiles(registry.clock());
    this.handover = GemHandover.begin(registry, toString());
  }

  /**
   * Starts a device.
   *
   * @param registry the registry of the driver's bundle, never null
   * @param info what the driver says of it, never null
   * @param driver the driver, never null
   * @return the device, never null
   * @throws DmaBufException ENODEV when the driver's bundle leaves
   */
  public static GemCore start(DmaBufRegistry registry, GemDeviceInfo info, GemDriver driver) {
    return new GemCore(
        Objects.requireNonNull(registry, "registry"),
        Objects.requireNonNull(info, "info"),
        Objects.requireNonNull(driver, "driver"));
  }

  @Override
  public GemDeviceInfo info() {
    return info;
  }

  @Override
  public String name() {
    return info.name();
  }

  @Override
  public int open(FileTable caller, int flags) {
    return open(GemNode.PRIMARY, caller, flags);
  }

  /**
   * Returns a second node of the device, for programs that share buffers and show none; a driver
   * registers it as a {@link DeviceNode}. Files that are opened by it share the device's objects,
   * and have no dumb buffers (EACCES).
   *
   * @param name the node's, never null
   */
  public DeviceNode renderNode(String name) {
    Objects.requireNonNull(name, "name");
    return new DeviceNode() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public int open(FileTable caller, int flags) {
        return GemCore.this.open(GemNode.RENDER, caller, flags);
      }
    };
  }

  private int open(GemNode node, FileTable caller, int flags) {
    GemFile file = new GemFile(this, node, caller.owner(), flags);
    return inside(
        "opened",
        () -> {
          files.add(file);
          try {
            if (node == GemNode.PRIMARY && driver instanceof GemDriver.Extending extending) {
              file.extend(extending.opened(caller, file));
            }
            return caller.install(file, (flags & OpenFlags.O_CLOEXEC) != 0);
          } catch (DmaBufException full) {
            file.put(); // which releases it
            throw full;
          }
        });
  }

  /**
   * The driver leaves. Under WAIT this waits until all files of the device are closed, as long as
   * the framework waits for buffers; files that are open then answer ENODEV from now on, their
   * handles are closed and their fences signalled. When it returns the driver is not called any
   * more, but for dma-bufs that live until its bundle has stopped; the next device of this name
   * goes on with its counters. Idempotent.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    if (info.policy() == ExportPolicy.WAIT) {
      awaitFiles();
    }
    if (!gate.closeAndDrain(CALL_MILLIS)) {
      LOG.error("{} ends with a call still inside its driver", this);
    }
    files.all().forEach(GemFile::gone);
    for (GemObject object : List.copyOf(objects)) {
      free(object, object.driverLeaves());
    }
    driver = null;
    handover.leave();
  }

  /** Returns what it and its predecessors of the same name have counted, never null. */
  public GemCounters counters() {
    return handover.counters();
  }

  @Override
  public String toString() {
    return "GEM device " + info.name();
  }

  DmaBufRegistry registry() {
    return registry;
  }

  FakeOffsets offsets() {
    return offsets;
  }

  void closed(GemFile file) {
    files.remove(file);
  }

  /** Does what may call the driver; ENODEV when it has gone. */
  <T> T inside(String what, Supplier<T> work) {
    if (!gate.enter()) {
      throw new DmaBufException(
          Errno.ENODEV, this + " was " + what + " after it had gone; open its successor");
    }
    try {
      return work.get();
    } finally {
      gate.exit();
    }
  }

  /** Makes an object of the driver's own, with the caller's reference. */
  GemObject create(long size, MemoryAccount account) {
    GemObjectOps ops = driver.create(size, account);
    handover.created();
    return listed(GemObject.own(this, size, registry.reservation(), ops));
  }

  /** Returns the object that a dma-buf is of when it is one of this device; with a reference. */
  Optional<GemObject> own(DmaBuf buffer) {
    return Optional.ofNullable(exported.get(buffer.inode())).filter(GemObject::tryGet);
  }

  /**
   * Makes an object of another device's buffer, with the caller's reference.
   *
   * @throws DmaBufException EINVAL when the driver uses no such buffers; the exporter's errors
   */
  GemObject importBuffer(DmaBuf buffer) {
    if (!(driver instanceof GemDriver.Importing importing)) {
      throw new DmaBufException(
          Errno.EINVAL, this + " was given " + buffer + "; it uses only buffers of its own");
    }
    PrimeImport imported = PrimeImport.begin(buffer, info.device());
    try {
      GemObjectOps ops = importing.importTable(imported.attachment(), imported.table());
      handover.imported();
      return listed(GemObject.imported(this, imported, ops));
    } catch (RuntimeException refused) {
      imported.end();
      throw refused;
    }
  }

  /** Exports an object of the driver's own; its handle has one count, the caller's. */
  DmaBuf export(GemObject object, DmaBufOps ops, int fileFlags) {
    DmaBuf buffer = registry.export(exportInfo(object, ops, fileFlags));
    exported.put(buffer.inode(), object);
    handover.exported();
    return buffer;
  }

  /** The dma-buf of an object is gone, and the reference that it had. */
  void released(GemObject object, GemObjectOps ops) {
    exported.remove(object.sharedAs());
    if (object.dmaBufReleased()) {
      ops.free();
    }
    object.put();
  }

  /** The last reference to an object is gone; if the driver leaves, it is freed by that. */
  void unreferenced(GemObject object) {
    if (gate.enter()) {
      try {
        free(object, object.unreferenced());
      } finally {
        gate.exit();
      }
    }
  }

  private GemObject listed(GemObject object) {
    objects.add(object);
    return object;
  }

  private ExportInfo exportInfo(GemObject object, DmaBufOps ops, int fileFlags) {
    boolean cannot = info.policy() == ExportPolicy.ADOPT && !(ops instanceof DmaBufOps.Adoptable);
    ExportInfo plain =
        ExportInfo.of(
                info.exporterName(), object.size(), ops, cannot ? ExportPolicy.WAIT : info.policy())
            .withReservation(object.resv())
            .withFileFlags(fileFlags);
    return ops instanceof DmaBufOps.Pinnable ? plain : plain.withCachedMappings();
  }

  private void free(GemObject object, Optional<GemObjectOps> ops) {
    objects.remove(object);
    offsets.remove(object);
    ops.ifPresent(GemObjectOps::free);
    object.endImport();
  }

  private void awaitFiles() {
    Duration bound = registry.waitBound();
    if (!files.awaitNone(bound)) {
      LOG.warn("{} goes after {} while it is open by {}", this, bound, files.owners());
    }
  }
}
