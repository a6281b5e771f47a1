package org.dmabuf;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.dmabuf.debug.LeakDetector;
import org.dmabuf.debug.LeakLevel;
import org.dmabuf.debug.LockRules;
import org.dmabuf.fault.FaultBook;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.fence.DroppedContexts;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.file.FileTable;
import org.dmabuf.handover.StateBook;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.UsageTree;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.MemoryFiles;
import org.dmabuf.memory.PagePool;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.negotiation.DeviceCatalog;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.ReservationService;
import org.dmabuf.resv.WwClass;
import org.dmabuf.resv.WwReservations;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The framework in plain Java: what the OSGi component wraps, and what a driver's unit test makes
 * for itself.
 *
 * <pre>
 *   try (DmaBufCore core = DmaBufCore.create()) {
 *     DmaBufRegistry driver = core.open("my driver");
 *     ...
 *     core.close(driver);      // as when the driver's bundle has stopped
 *   }
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class DmaBufCore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DmaBufCore.class);

  /** Nothing is known, so nothing need be asked. */
  static final Predicate<Thread> UNKNOWN_THREADS = thread -> false;

  private final DmaClock clock;
  private final LeakDetector leaks;
  private final DebugMode debug;
  private final DroppedContexts droppedContexts;
  private final FenceContexts contexts;
  private final WwClass family = new WwClass("reservation");
  private final ReservationService reservations = new WwReservations(family);
  private final PagePool pool;
  private final MemoryFiles memoryFiles;
  private final Regions regions;
  private final MemoryAccount memory = new MemoryAccount("product");
  private final LimitBook limits;
  private final FaultBook faults;
  private final StateBook states;
  private final TransferMeter meter = new TransferMeter();
  private volatile int fileLimit = FileTable.DEFAULT_LIMIT;
  private final AtomicLong lastMemoryInode = new AtomicLong();
  private final Inventory inventory = new Inventory();
  private final ExportPolicy policy;
  private final ReleaseWatch releases;
  private final StrandedAttachments stranded;
  private final DeviceCatalog catalog = new DeviceCatalog();

  private DmaBufCore(DmaBufOptions options) {
    MemoryLimits bytes = options.memory();
    this.clock = options.clock().orElseGet(SystemClock::new);
    this.policy = options.policy();
    this.releases = new ReleaseWatch(clock, options.waitBound(), options.drainBound(), inventory);
    this.stranded = new StrandedAttachments(releases);
    this.leaks = new LeakDetector(options.leaks(), clock);
    this.faults = new FaultBook(clock);
    this.states = new StateBook(clock);
    this.limits =
        new LimitBook(options.limits().with(Limit.BYTES, bytes.client()), inventory.clients());
    this.pool = new PagePool(bytes.pool(), bytes.keep());
    this.debug = options.debug() ? DebugMode.on(new LockRules(), pool.pageSize()) : DebugMode.OFF;
    this.memoryFiles = new MemoryFiles(pool);
    this.regions = new Regions(pool);
    // last, as nothing ends its thread when the framework is not made
    this.droppedContexts = new DroppedContexts();
    this.contexts =
        new FenceContexts(
            clock, options.leaks().level() != LeakLevel.OFF, droppedContexts, debug.rules());
  }

  /** Returns a framework with the default options. */
  public static DmaBufCore create() {
    return create(DmaBufOptions.defaults());
  }

  /** Returns a framework with options, never null. */
  public static DmaBufCore create(DmaBufOptions options) {
    return new DmaBufCore(options);
  }

  /**
   * Returns a framework with the system's clock.
   *
   * @param poolBytes the most memory it may give out, 1 or more
   * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}
   */
  public static DmaBufCore create(long poolBytes, Duration waitBound) {
    return create(MemoryLimits.ofPool(poolBytes), waitBound);
  }

  /**
   * Returns a framework.
   *
   * @param clock its clock; closed with it when it can be; never null
   * @param poolBytes the most memory it may give out, 1 or more
   * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}
   */
  public static DmaBufCore create(DmaClock clock, long poolBytes, Duration waitBound) {
    return create(clock, MemoryLimits.ofPool(poolBytes), waitBound);
  }

  /**
   * Returns a framework with the system's clock.
   *
   * @param limits how much memory it may use, never null
   * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}
   */
  public static DmaBufCore create(MemoryLimits limits, Duration waitBound) {
    return create(DmaBufOptions.defaults().withMemory(limits).withWaitBound(waitBound));
  }

  /** As {@link #create(MemoryLimits, Duration)} with a clock; closed with it when it can be. */
  public static DmaBufCore create(DmaClock clock, MemoryLimits limits, Duration waitBound) {
    return create(
        DmaBufOptions.defaults().withClock(clock).withMemory(limits).withWaitBound(waitBound));
  }

  /** As {@link #open(String, String)}, of a bundle of the same name. */
  public DmaBufRegistry open(String name) {
    return open(name, name);
  }

  /**
   * Opens a client.
   *
   * @param bundle the symbolic name, by which it is configured, never null
   * @param name as messages show it, never null
   * @return its registry, never null
   */
  public DmaBufRegistry open(String bundle, String name) {
    Client client = new Client(this, bundle, name);
    inventory.clients().add(client);
    limits.apply(client);
    faults.enter(client.faults());
    return client;
  }

  /**
   * Sets what one bundle may have, now if it is a client, and whenever it comes to be one. What it
   * has already it keeps.
   *
   * @param bundle the symbolic name, never null
   * @param own limits in the place of those of all; {@link ClientLimits#NONE} for those of all
   *     alone; never null
   */
  public void limit(String bundle, ClientLimits own) {
    limits.set(bundle, own);
  }

  /**
   * Begins to let calls into drivers, and allocations, fail on purpose.
   *
   * @param rule which, how often and how, never null
   * @return what ends it, never null
   */
  public Injection inject(FaultRule rule) {
    return faults.add(rule);
  }

  /** Closes the gate of a client: from now on it may only give back. */
  public void leave(DmaBufRegistry client) {
    ours(client).life().leave();
  }

  /** As {@link #close(DmaBufRegistry, Predicate)} of a client of whose threads nothing is known. */
  public void close(DmaBufRegistry client) {
    close(client, UNKNOWN_THREADS);
  }

  /**
   * Undoes everything that a client still has, as when its bundle has stopped. Idempotent.
   *
   * @param client a registry of this framework, never null
   * @param threads whether a thread is the client's own, so that what it has locked is unlocked for
   *     it; asked during this call only; never null
   */
  public void close(DmaBufRegistry client, Predicate<Thread> threads) {
    if (ours(client).life().beginsTeardown()) {
      try {
        new Teardown(this, ours(client), threads).run();
      } finally {
        inventory.clients().remove(ours(client));
        faults.exit(ours(client).faults());
      }
    }
  }

  /** Returns the reservation service, never null. */
  public ReservationService reservations() {
    return reservations;
  }

  /** Closes all clients, then frees the memory; what is still held is logged and kept. */
  @Override
  public void close() {
    inventory.clients().forEach(client -> guarded(() -> close(client)));
    guarded(stranded::close);
    guarded(regions::close);
    guarded(this::closePool);
    guarded(droppedContexts::close);
    if (clock instanceof SystemClock system) {
      system.close();
    }
  }

  private void closePool() {
    if (pool.used() == 0) {
      pool.close();
    } else {
      LOG.warn("The framework stops with {} bytes of buffers still mapped", pool.used());
    }
  }

  /** One part that fails must not keep the others. */
  private static void guarded(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error failed) {
      LOG.error("A part of the framework could not be ended: {}", failed.toString());
    }
  }

  /** Returns the exporters and importers that negotiation knows, never null. */
  public DeviceCatalog catalog() {
    return catalog;
  }

  /** Returns the product's clock, never null. */
  public DmaClock clock() {
    return clock;
  }

  DebugMode debug() {
    return debug;
  }

  LeakDetector leaks() {
    return leaks;
  }

  Inspection inspection() {
    return new Inspection(inventory, clock);
  }

  /** Of exporters whose configuration does not say. */
  ExportPolicy policy() {
    return policy;
  }

  FaultBook faults() {
    return faults;
  }

  StateBook states() {
    return states;
  }

  UsageTree usage() {
    return new UsageReport(this).tree();
  }

  FenceContexts contexts() {
    return contexts;
  }

  PagePool pool() {
    return pool;
  }

  Regions regions() {
    return regions;
  }

  /** Returns a new client's account, below the product's. */
  MemoryAccount newAccount(String client) {
    return memory.child(client, 0, "the limit " + Limit.BYTES.key());
  }

  /** Returns what all clients have together, as charged. */
  public MemoryAccount memory() {
    return memory;
  }

  /**
   * Gives memory that no buffer has back to the system, when that is short of it.
   *
   * @param bytes how much at least, if there is so much; 0 or more
   * @return how much it was
   */
  public long shrink(long bytes) {
    return pool.shrink(bytes);
  }

  long nextMemoryInode() {
    Seam.step();
    return lastMemoryInode.incrementAndGet();
  }

  MemoryFiles memoryFiles() {
    return memoryFiles;
  }

  TransferMeter meter() {
    return meter;
  }

  DmaResv newReservation() {
    return new DmaResv(family, clock, debug.rules());
  }

  Inventory inventory() {
    return inventory;
  }

  BufferObject newBuffer(Client exporter, ExportInfo info) {
    DmaResv resv = info.reservation().orElseGet(this::newReservation);
    return inventory.add(this, exporter, info, resv);
  }

  ReleaseWatch releases() {
    return releases;
  }

  StrandedAttachments stranded() {
    return stranded;
  }

  int fileLimit() {
    return fileLimit;
  }

  /**
   * Sets how many descriptors each table may have that is opened from now on.
   *
   * @param descriptors 1 or more
   * @throws DmaBufException EINVAL for fewer
   */
  public void setFileLimit(int descriptors) {
    if (descriptors < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "Tables of " + descriptors + " descriptors were asked; 1 or more work");
    }
    fileLimit = descriptors;
  }

  Holdings holdings() {
    return new Holdings(
        inventory.size(),
        inventory.attachments(),
        inventory.mappings(),
        contexts.pending(),
        inventory.files(),
        pool.used() + regions.used());
  }

  private Client ours(DmaBufRegistry registry) {
    if (registry instanceof Client client) {
      return client;
    }
    throw new DmaBufException(Errno.EINVAL, registry + " is not a client of this framework");
  }
}
