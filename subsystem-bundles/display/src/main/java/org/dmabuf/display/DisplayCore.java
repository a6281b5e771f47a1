package org.dmabuf.display;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.debug.LockRank;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.negotiation.ImporterNeeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running display: everything but what its {@link ScanoutDriver} does. A driver's component
 * starts it, registers it as {@link DisplayDevice}, and on deactivation unregisters and closes it.
 *
 * <pre>
 *   start() -> LIVE --close()--> LEAVING (a pending commit is canceled, or completed if decided)
 *                   --the thread has ended--> GONE (buffers given back, files told, driver forgotten)
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_device} with the atomic helpers.
 */
public final class DisplayCore implements DisplayDevice, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DisplayCore.class);

  /** How long a scan that has begun may take when the display is to go, in real ms. */
  private static final long SCAN_MILLIS = 5_000;

  /** How long the thread may take to end once it was interrupted, in real ms. */
  private static final long INTERRUPT_MILLIS = 1_000;

  private final long scanMillis;
  private final DmaBufRegistry registry;
  private final DisplayInfo info;
  private final Crtc crtc;
  private final FenceContext fences;
  private final FenceCallback wakeUp;
  private final FlipThread thread;
  private final AtomicInteger lastFramebuffer = new AtomicInteger();
  // One party is the driver's end, the others are threads that take or give back framebuffers.
  private final Phaser inside = new Phaser(1);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean finished = new AtomicBoolean();
  private volatile ScanoutDriver driver;

  private DisplayCore(DmaBufRegistry registry, ScanoutDriver driver, long scanMillis) {
    this.scanMillis = scanMillis;
    this.registry = registry;
    this.driver = driver;
    this.info = driver.info();
    this.crtc = new Crtc(info, registry.lock("CRTC", LockRank.QUEUE));
    this.fences = registry.fenceContext(info.driver(), info.name());
    this.wakeUp = registry.callback(fence -> wake());
    this.thread = new FlipThread(this, crtc, registry.clock(), fences, wakeUp);
  }

  /**
   * Starts a display with a thread of its own, which ends in {@link #close()}.
   *
   * @param registry the registry of the driver's bundle, never null
   * @param driver the driver, never null
   * @return the display, never null
   * @throws DmaBufException ENODEV when the driver's bundle leaves
   */
  public static DisplayCore start(DmaBufRegistry registry, ScanoutDriver driver) {
    return start(registry, driver, SCAN_MILLIS);
  }

  static DisplayCore start(DmaBufRegistry registry, ScanoutDriver driver, long scanMillis) {
    DisplayCore core = new DisplayCore(registry, driver, scanMillis);
    core.thread.start();
    return core;
  }

  @Override
  public DisplayInfo info() {
    return info;
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
    return thread.status();
  }

  @Override
  public DisplayFile open(FileTable caller) {
    DisplayFile file = new DisplayFile(this, info.name(), caller);
    crtc.open(file);
    return file;
  }

  /**
   * The driver leaves: cancels the commit that is pending (its out-fence fails and its event says
   * so), or, when its flip has been decided, waits until it is complete; then gives all buffers
   * back, ends the thread, tells the files, and forgets the driver. Waits at most 6 s of real time;
   * a thread that has not ended by then is logged with its stack. Idempotent; on the display's own
   * thread (a listener, a recorder) it does not wait.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    crtc.leave();
    thread.wake();
    if (thread.isCurrent()) {
      LOG.warn("{} is closed on its own thread; it ends when that returns", this);
      return;
    }
    if (!thread.join(scanMillis)) {
      StackTraceElement[] stack = thread.stack();
      thread.interrupt();
      if (!thread.join(INTERRUPT_MILLIS)) {
        LOG.error("{} does not end; {} at {}", this, thread.status(), Arrays.toString(stack));
      }
    }
    finish();
  }

  @Override
  public String toString() {
    return "Display " + info.name() + " (" + info.driver() + " " + info.version() + ")";
  }

  void setMode(DisplayFile file, Mode mode) {
    if (!info.takes(mode.width(), mode.height())
        || mode.refreshMilliHz() < 0
        || mode.refreshMilliHz() > Mode.MAX_REFRESH_MILLI_HZ) {
      throw new DmaBufException(
          Errno.EINVAL,
          this
              + " cannot be set to "
              + mode
              + "; "
              + limits()
              + " at 0 to "
              + Mode.MAX_REFRESH_MILLI_HZ / 1000
              + " Hz would work");
    }
    inside(
        () -> {
          crtc.setMode(file, mode, registry.clock().nanos()).ifPresent(Framebuffer::unuse);
          return null;
        });
  }

  int addFramebuffer(DisplayFile file, int fd, FrameLayout layout, long modifier) {
    checkLayout(layout, modifier);
    return inside(() -> add(file, fd, layout));
  }

  private int add(DisplayFile file, int fd, FrameLayout layout) {
    Framebuffer framebuffer =
        Framebuffer.create(
            lastFramebuffer.incrementAndGet(), file, registry, info.name(), fd, layout);
    try {
      crtc.add(framebuffer);
    } catch (DmaBufException gone) {
      framebuffer.unuse();
      throw gone;
    }
    return framebuffer.id();
  }

  void removeFramebuffer(DisplayFile file, int id) {
    inside(
        () -> {
          crtc.remove(file, id).unlist();
          return null;
        });
  }

  DmaFence commit(DisplayFile file, CommitRequest request) {
    return inside(() -> begin(file, request));
  }

  private DmaFence begin(DisplayFile file, CommitRequest request) {
    // Checked twice, because fences are made and read without the lock of the state.
    Framebuffer framebuffer = crtc.check(file, request);
    DmaFence outFence = null;
    boolean prepared = false;
    try {
      framebuffer.prepare();
      prepared = true;
      List<DmaFence> waitFor =
          request.inFence().map(framebuffer::arrival).orElseGet(framebuffer::writers);
      outFence = createFence();
      crtc.begin(
          request,
          new Commit(file, framebuffer, crtc.setting(file), request.cookie(), waitFor, outFence));
    } catch (DmaBufException refused) {
      if (prepared) {
        framebuffer.settled();
      }
      framebuffer.unuse();
      if (outFence != null) {
        fences.fail(outFence, Errno.ECANCELED);
      }
      throw refused;
    }
    thread.wake();
    return outFence;
  }

  Optional<Picture> snapshot() {
    return inside(this::screenPicture);
  }

  private Optional<Picture> screenPicture() {
    Scanout screen = crtc.useScreen();
    if (screen == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(picture(screen));
    } finally {
      screen.framebuffer().unuse();
    }
  }

  void closed(DisplayFile file) {
    crtc.cancel(file);
    thread.wake();
    if (!thread.isCurrent() && !crtc.awaitIdle(file, scanMillis)) {
      LOG.error("{} is closed while it {}", file, thread.status());
    }
    inside(
        () -> {
          crtc.close(file).forEach(Framebuffer::unuse);
          return null;
        });
  }

  /** Does on the caller's thread what takes or gives back framebuffers of this driver. */
  private <T> T inside(Supplier<T> work) {
    inside.register();
    try {
      return work.get();
    } finally {
      inside.arriveAndDeregister();
    }
  }

  /** What callers' threads still do with framebuffers is this driver's, too: it ends before it. */
  private void awaitNobodyInside() {
    try {
      inside.awaitAdvanceInterruptibly(inside.arrive(), scanMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      LOG.error("{} ends while framebuffers are given back", this);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the driver; only the display's thread asks, which ends before it is forgotten. */
  ScanoutDriver driver() {
    return driver;
  }

  /** The thread has ended, or was given up: gives everything back, once. */
  void finish() {
    if (!finished.compareAndSet(false, true)) {
      return;
    }
    Crtc.Left left = crtc.gone();
    left.screen().ifPresent(screen -> keepPicture(screen, left.files()));
    left.framebuffers().forEach(Framebuffer::unuse);
    awaitNobodyInside();
    wakeUp.close();
    fences.close();
    driver = null;
    left.files().forEach(DisplayFile::gone);
  }

  private void keepPicture(Scanout screen, List<DisplayFile> files) {
    List<DisplayFile> keeping = files.stream().filter(DisplayFile::keepsLastPicture).toList();
    if (keeping.isEmpty()) {
      return;
    }
    try {
      Picture last = picture(screen);
      keeping.forEach(file -> file.keep(last));
    } catch (RuntimeException failed) {
      // The buffers have to be given back whatever became of the picture.
      LOG.warn("The last picture of {} was not kept: {}", this, failed.toString());
    }
  }

  private void wake() {
    thread.wake();
  }

  private DmaFence createFence() {
    try {
      return fences.create();
    } catch (DmaBufException closed) {
      throw new DmaBufException(
          Errno.ENODEV, this + " was given a frame when it leaves; open its successor");
    }
  }

  private void checkLayout(FrameLayout layout, long modifier) {
    if (!info.formats().contains(layout.format())) {
      throw new DmaBufException(
          Errno.EINVAL,
          this + " does not scan out " + layout.format() + "; " + info.formats() + " would work");
    }
    if (!info.takes(layout.width(), layout.height())) {
      throw new DmaBufException(
          Errno.EINVAL, this + " was given a frame of " + layout + "; " + limits() + " would work");
    }
    for (FrameLayout.Plane plane : layout.planes()) {
      if (plane.pitch() % info.pitchAlign() != 0) {
        throw new DmaBufException(
            Errno.EINVAL,
            this
                + " was given a pitch of "
                + plane.pitch()
                + " bytes; a multiple of "
                + info.pitchAlign()
                + " would work");
      }
    }
    if (modifier != Modifier.LINEAR) {
      throw new DmaBufException(
          Errno.EINVAL,
          this + " was given modifier 0x" + Long.toHexString(modifier) + "; LINEAR (0) would work");
    }
  }

  private String limits() {
    return "sizes from %dx%d to %dx%d"
        .formatted(info.minWidth(), info.minHeight(), info.maxWidth(), info.maxHeight());
  }

  private static Picture picture(Scanout screen) {
    Mode mode = screen.mode();
    Framebuffer framebuffer = screen.framebuffer();
    return RgbConverter.convert(
        framebuffer.view(), framebuffer.layout(), mode.width(), mode.height());
  }
}
