package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DriverThreads;
import org.dmabuf.Errno;
import org.dmabuf.debug.LockRank;
import org.dmabuf.display.Picture;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.file.FileTable;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.negotiation.ImporterNeeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running display with modes, planes and atomic commits. A driver starts it, and closes it when
 * it goes.
 *
 * <pre>
 *   start() -> LIVE --close()--> GONE   what is pending is canceled, framebuffers are given back,
 *                                       files answer ENODEV
 *
 *   master: the first file --closed--> nobody --the next one that is opened--> that
 *   the last file --closed--> all CRTCs are off
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_device} of a driver with {@code
 * DRIVER_MODESET | DRIVER_ATOMIC}; where that gives the screen back to a console when the last file
 * is closed, this one goes dark.
 */
public final class KmsDevice implements DisplayDevice, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KmsDevice.class);

  /** How long work that has begun may take when a file or the display is to go, in real ms. */
  private static final long WORK_MILLIS = 5_000;

  private final long scanMillis;
  private final DmaBufRegistry registry;
  private final KmsInfo info;
  private final KmsParts parts;
  private final Locked locked;
  private final AtomicInteger lastId;
  private final DisplayFences fences;
  private final Work work;
  private final Runner runner;
  private final Framebuffers framebuffers;
  private final Commits commits = new Commits(this);
  private final Offers noOffers = Offers.none(this);
  private final Function<Consumer<DmaFence>, FenceCallback> callbacks;
  private final Consumer<Commit> ready;
  private final LegacyCalls legacy = new LegacyCalls(this);
  private final Vblanks vblanks;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Inside inside = new Inside();
  private final Clients clients; // guarded by the lock
  private KmsState state; // guarded by the lock
  private volatile ScanoutDriver driver;

  private KmsDevice(DmaBufRegistry registry, KmsInfo info, ScanoutDriver driver, long scanMillis) {
    this.driver = driver;
    this.scanMillis = scanMillis;
    this.registry = registry;
    this.info = info;
    this.parts = KmsParts.of(info);
    this.lastId = new AtomicInteger(parts.lastId());
    this.locked = new Locked(registry.lock("KMS", LockRank.QUEUE), inside);
    DeviceState taken = DisplayHandover.take(registry, this);
    KmsState off = KmsState.off(parts.crtcs(), parts.planes(), parts.connectors());
    this.state = DisplayHandover.planes(taken, off, parts.planes());
    DisplayHandover.unplug(taken, parts.connectors());
    this.clients = new Clients(info.name());
    this.fences = new DisplayFences(registry, info.name(), parts.crtcs());
    this.work = new Work(info.name() + "-work", registry.threads());
    this.runner = new Runner(this, parts.crtcs(), registry.clock(), work, taken);
    this.callbacks = registry::callback;
    this.ready = runner::ready;
    this.framebuffers = new Framebuffers(this);
    this.vblanks = new Vblanks(this);
  }

  /**
   * Starts a display.
   *
   * @param registry the registry of the driver's bundle, never null
   * @param info what it is, never null
   * @return the display, never null
   * @throws DmaBufException ENODEV when the driver's bundle leaves
   */
  public static KmsDevice start(DmaBufRegistry registry, KmsInfo info) {
    return start(registry, info, Scanout::show);
  }

  /**
   * Starts a display that does something of its own at flips that are recorded.
   *
   * @param registry the registry of the driver's bundle, never null
   * @param info what it is, never null
   * @param driver what it does, never null; forgotten when it is closed
   * @return the display, never null
   * @throws DmaBufException ENODEV when the driver's bundle leaves
   */
  public static KmsDevice start(DmaBufRegistry registry, KmsInfo info, ScanoutDriver driver) {
    return start(registry, info, driver, WORK_MILLIS);
  }

  static KmsDevice start(
      DmaBufRegistry registry, KmsInfo info, ScanoutDriver driver, long scanMillis) {
    return new KmsDevice(registry, info, driver, scanMillis);
  }

  @Override
  public KmsInfo info() {
    return info;
  }

  @Override
  public List<Connector> connectors() {
    return parts.connectors();
  }

  @Override
  public List<Crtc> crtcs() {
    return parts.crtcs();
  }

  @Override
  public List<Plane> planes() {
    return parts.planes();
  }

  /** Returns how many flips it and its predecessors have had, never null. */
  public FlipCounters counters() {
    return locked.look(runner::counters);
  }

  /** Returns a number that nothing of this display has had. */
  public int nextId() {
    return lastId.incrementAndGet();
  }

  @Override
  public ImporterNeeds needs() {
    if (closing.get()) {
      throw new DmaBufException(
          Errno.ENODEV, this + " is gone and cannot be negotiated for; its successor can");
    }
    return info.needs();
  }

  @Override
  public String status() {
    return locked.change(after -> clients.isGone() ? "has gone" : runner.status());
  }

  @Override
  public KmsFile open(FileTable caller) {
    KmsFile file = new KmsFile(this, caller);
    return locked.change(
        after -> {
          clients.add(file);
          return file;
        });
  }

  /**
   * Plugs a screen in or out, and tells all files' listeners. What is set stays as it is.
   *
   * @param connector one of a screen, never null
   */
  public void plug(Connector connector, boolean connected) {
    locked.change(
        after -> {
          connector.setConnected(connected);
          clients.all().forEach(file -> after.add(file.events()::wake));
          return null;
        });
  }

  /**
   * The driver leaves, and the next display of this name goes on where this one was: with the
   * numbers of vblanks, the counters, what is plugged out, and how planes are set. Idempotent.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    List<KmsFile> told =
        locked.change(
            after -> {
              clients.leave();
              List<KmsFile> all = clients.all();
              all.forEach(file -> end(file, after));
              return all;
            });
    // First of all, as what follows from a change before may still be on its way to those below.
    if (!inside.awaitNobody(scanMillis)) {
      LOG.error("{} goes while a client is still in a call of it", this);
    }
    runner.scanning().end(scanMillis);
    runner.scanning().close();
    drain();
    work.close();
    fences.close();
    driver = null;
    DisplayHandover.leave(
        registry,
        this,
        locked.look(() -> DisplayHandover.of(state, parts, runner, runner.counters())));
    told.forEach(KmsFile::gone);
  }

  @Override
  public String toString() {
    return "Display " + info.name();
  }

  /** A file is closed. */
  void closed(KmsFile file) {
    if (!file.caller().isClosed()) {
      // Its commits may wait for fences of others, which are waited for as if it were still open.
      for (DmaFence done : locked.change(after -> runner.waitingOf(file))) {
        done.awaitUninterruptibly(registry.waitBound());
      }
    }
    inside(
        () -> {
          locked.change(
              after -> {
                end(file, after);
                return null;
              });
          runner.scanning().drain(scanMillis);
          drain();
          return null;
        });
  }

  /** Takes from a file all that it has; under the lock. */
  private void end(KmsFile file, List<Runnable> after) {
    if (!clients.remove(file)) {
      return;
    }
    List<Framebuffer> unlisted = framebuffers.unlist(file);
    runner.end(file, unlisted, after);
    AtomicRequest rest = new AtomicRequest();
    unlisted.forEach(framebuffer -> state.showing(framebuffer).forEach(rest::hide));
    if (clients.all().isEmpty()) {
      parts.planes().forEach(rest::hide);
      parts.connectors().forEach(connector -> rest.feed(connector, Optional.empty()));
      parts.crtcs().forEach(crtc -> rest.set(crtc, set -> CrtcState.OFF));
      runner.endAll(after);
    }
    KmsState next = rest.applyTo(state);
    List<Framebuffer> left = new ArrayList<>();
    rest.planes().forEach(plane -> state.of(plane).framebuffer().ifPresent(left::add));
    state = next;
    runner.follow(next, after);
    after.add(() -> work.later(() -> giveBack(unlisted, left)));
  }

  private static void giveBack(List<Framebuffer> unlisted, List<Framebuffer> left) {
    unlisted.forEach(Framebuffer::unlist);
    left.forEach(Framebuffer::unuse);
  }

  private void drain() {
    if (!work.drain(WORK_MILLIS)) {
      LOG.error("{} has not given its framebuffers back after {} ms", this, WORK_MILLIS);
    }
  }

  /** Makes a call that takes or gives back framebuffers on a client's thread. */
  <T> T inside(Supplier<T> work) {
    return inside.call(work);
  }

  /** Returns what starts the threads of its driver. */
  DriverThreads threads() {
    return registry.threads();
  }

  Locked locked() {
    return locked;
  }

  KmsState state() {
    return locked.look(() -> state);
  }

  /** Returns the state; under the lock. */
  KmsState current() {
    return state;
  }

  /** Sets the state; under the lock. */
  void setState(KmsState next) {
    state = next;
  }

  long now() {
    return registry.clock().nanos();
  }

  Framebuffers framebuffers() {
    return framebuffers;
  }

  Commits commits() {
    return commits;
  }

  LegacyCalls legacy() {
    return legacy;
  }

  Vblanks vblanks() {
    return vblanks;
  }

  Pipe pipe(Crtc crtc) {
    return runner.pipe(crtc);
  }

  /** Sees to it that a pipe is told of its next vblank; under the lock. */
  void timer(Pipe pipe, List<Runnable> after) {
    runner.timer(pipe, after);
  }

  /** Returns a CRTC's primary plane. */
  Plane primary(Crtc crtc) {
    return parts.primary(crtc);
  }

  Commit newCommit(
      KmsFile file, Set<AtomicFlag> flags, List<DmaFence> waitFor, List<Framebuffer> prepared) {
    return new Commit(file, flags, waitFor, prepared, fences, callbacks, ready);
  }

  Offers noOffers() {
    return noOffers;
  }

  /** Returns the driver, which is called for flips until it is closed. */
  ScanoutDriver driver() {
    return driver;
  }

  DisplayFences fences() {
    return fences;
  }

  FramebufferMemory importBuffer(FileTable caller, int fd) {
    try (DmaBuf buffer = registry.get(caller, fd)) {
      return ImportedMemory.of(buffer, DmaDevice.named(info.name()), registry.meter());
    }
  }

  Optional<Picture> snapshot(Crtc crtc) {
    return inside(() -> runner.useScreen(crtc).map(scene -> scene.finish(Composer::picture)));
  }

  OptionalLong checksum(Crtc crtc) {
    return inside(
        () ->
            runner
                .useScreen(crtc)
                .map(scene -> OptionalLong.of(scene.finish(Composer::checksum)))
                .orElseGet(OptionalLong::empty));
  }

  boolean isMaster(KmsFile file) {
    return locked.look(() -> clients.isMaster(file));
  }

  /** EACCES when another file is the master; ENODEV, EBADF. */
  void checkMaster(KmsFile file, String what) {
    locked.look(
        () -> {
          clients.checkMaster(file, what);
          return null;
        });
  }

  /** Under the lock: ENODEV when the display has gone, EBADF when the file is closed. */
  void checkOpen(KmsFile file, String what) {
    clients.checkOpen(file, what);
  }
}
