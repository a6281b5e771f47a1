package org.dmabuf.display;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open display: what one client does with it, and the events that it has not taken yet.
 *
 * <pre>
 *   OPEN --the driver leaves--> GONE   events can still be taken, all else fails with ENODEV
 *        --close()------------> CLOSED events can still be taken, all else fails with EBADF
 * </pre>
 *
 * <p>It reaches the driver through one field, which is cleared when the driver leaves; its events,
 * its listener and its recorder are all that it keeps. Thread-safe; no lock is held on return or
 * while anything is called. Kernel counterpart: a {@code struct drm_file}.
 */
public final class DisplayFile implements AutoCloseable {
  /** Events that may wait to be taken; as many as fit into the kernel's 4 KiB of a DRM file. */
  public static final int MAX_EVENTS = 128;

  private enum State {
    OPEN,
    GONE,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(DisplayFile.class);

  private final String device;
  private final FileTable caller;
  private final LinkedBlockingQueue<FlipEvent> events = new LinkedBlockingQueue<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile DisplayCore core;
  private volatile Runnable listener;
  private volatile ScanoutRecorder recorder;
  private volatile boolean keepsLastPicture;
  private volatile Picture lastPicture;

  DisplayFile(DisplayCore core, String device, FileTable caller) {
    this.core = core;
    this.device = device;
    this.caller = caller;
  }

  /**
   * Switches the CRTC on. A mode that equals the one that is set changes nothing; another one makes
   * the screen dark until the next flip and counts vblanks anew from 0.
   *
   * @param mode the mode, never null
   * @throws DmaBufException EACCES when another file is the master; EINVAL for a size outside the
   *     device's limits or a refresh rate outside 0 to {@link Mode#MAX_REFRESH_MILLI_HZ}; EBUSY
   *     while a commit is pending; ENODEV, EBADF
   */
  public void setMode(Mode mode) {
    core("set to mode " + mode).setMode(this, Objects.requireNonNull(mode, "mode"));
  }

  /**
   * Makes a framebuffer over one buffer that holds all planes at the layout's offsets. The buffer
   * is attached and mapped once, here. The caller may close its descriptor afterwards.
   *
   * <p>Counterpart: {@code DRM_IOCTL_MODE_ADDFB2} and {@code DRM_IOCTL_PRIME_FD_TO_HANDLE}. As
   * there, the format, the size and the pitches are looked at before the descriptor.
   *
   * @param fd a descriptor of the table that the file was opened with
   * @param layout how the frame lies in the buffer, never null
   * @param modifier {@link org.dmabuf.format.Modifier#LINEAR}
   * @return the framebuffer's number, 1 or more
   * @throws DmaBufException EINVAL for a format that the device does not scan out, another
   *     modifier, a size outside its limits, a pitch that it cannot use, a file that is not a
   *     dma-buf, or a buffer that is too small; EBADF for a descriptor that is not open, or when
   *     this file is closed; ENODEV when the device or the exporter has gone; the exporter's own
   *     errors
   */
  public int addFramebuffer(int fd, FrameLayout layout, long modifier) {
    return core("given a framebuffer").addFramebuffer(this, fd, layout, modifier);
  }

  /**
   * Takes a framebuffer's number away. The buffer is given back at once, or, when it is on the
   * screen or pending, as soon as it is replaced (as CLOSEFB does; RMFB would switch the plane
   * off).
   *
   * @param fb the number
   * @throws DmaBufException ENOENT when this file has no such framebuffer; ENODEV, EBADF
   */
  public void removeFramebuffer(int fb) {
    core("relieved of framebuffer " + fb).removeFramebuffer(this, fb);
  }

  /**
   * Asks for a page flip and returns at once. The flip waits for the fences that are on the buffer
   * now (WRITE and KERNEL), or for the explicit one instead, and then for the next vblank. When one
   * of them has failed by then, the frame is not shown.
   *
   * @param request what to show, never null
   * @return the out-fence: it completes when the frame is on the screen, with the fence's error
   *     when it was skipped, with ECANCELED when it was canceled. The next frame can be committed
   *     then; the event follows, once the buffer that left the screen is given back; never null
   * @throws DmaBufException in this order: EACCES when another file is the master; EINVAL when no
   *     mode is set; ENOENT when this file has no such framebuffer; ENOSPC when it is smaller than
   *     the mode; EBUSY while a commit is pending; ENOMEM when {@link #MAX_EVENTS} events have not
   *     been taken; before all: ENODEV, EBADF
   */
  public DmaFence commit(CommitRequest request) {
    return core("given a commit").commit(this, request);
  }

  /**
   * Takes the next event; never waits.
   *
   * @return the oldest event, or empty when there is none now
   * @throws DmaBufException ENODEV when the device has gone, EBADF when this file was closed, each
   *     only once all events were taken
   */
  public Optional<FlipEvent> nextEvent() {
    // The state is read first: who leaves has delivered all events before it says so.
    State now = state.get();
    FlipEvent event = events.poll();
    if (event == null && now != State.OPEN) {
      throw unusable(now, "asked for events, of which none is left");
    }
    return Optional.ofNullable(event);
  }

  /**
   * Sets what is called on the display's thread, with no lock held, after each new event and when
   * the device has gone. What came before is not told again: look for it once after setting.
   *
   * @param wake what to call, must be short; null removes it (a call that has begun runs to its
   *     end)
   */
  public void setListener(Runnable wake) {
    listener = wake;
  }

  /**
   * Sets who sees what is scanned out for this file's commits.
   *
   * @param recorder the recorder; null removes it (a call that has begun runs to its end)
   */
  public void setRecorder(ScanoutRecorder recorder) {
    this.recorder = recorder;
  }

  /**
   * Sets whether the last picture is kept when the driver leaves, for {@link #snapshot()} after
   * that. It costs one conversion of the screen while the driver leaves, so it is off at first.
   */
  public void setKeepLastPicture(boolean keep) {
    keepsLastPicture = keep;
  }

  /**
   * Returns what is on the screen, whoever put it there, converted to RGB as the scan-out does: YUV
   * and GREY by BT.601 with limited range, chroma by the nearest sample, alpha over black. Reads
   * count as VERIFIED.
   *
   * @return the picture in the size of the mode; empty when nothing was shown since the mode was
   *     set, and when the device has gone or the file is closed, unless the last picture was kept
   */
  public Optional<Picture> snapshot() {
    DisplayCore now = core;
    return now == null ? Optional.ofNullable(lastPicture) : now.snapshot();
  }

  /**
   * Closes the file. A commit of it that is pending is canceled; a flip that has been decided is
   * completed first (waited for, at most 5 s, unless this is the display's own thread). Its
   * framebuffers are given back; if it was the master, the screen goes dark and the mode is gone.
   * Idempotent; never throws because the device has gone.
   */
  @Override
  public void close() {
    State before = state.getAndSet(State.CLOSED);
    DisplayCore now = core;
    if (before == State.OPEN && now != null) {
      now.closed(this);
    }
    core = null;
    lastPicture = null;
  }

  FileTable caller() {
    return caller;
  }

  ScanoutRecorder recorder() {
    return recorder;
  }

  /** Returns whether there is no room for another event beside some that are to come. */
  boolean isFull(int coming) {
    return events.size() + coming >= MAX_EVENTS;
  }

  void deliver(FlipEvent event) {
    events.add(event);
  }

  boolean keepsLastPicture() {
    return keepsLastPicture;
  }

  void keep(Picture last) {
    lastPicture = last;
  }

  /** Tells the listener, on the display's thread. */
  void wake() {
    Runnable now = listener;
    if (now == null) {
      return;
    }
    try {
      now.run();
    } catch (RuntimeException | Error failed) {
      // The listener is somebody else's; the display goes on.
      LOG.error("A listener of {} failed: {}", device, failed, failed);
    }
  }

  /** The device has gone; all its events were delivered. */
  void gone() {
    core = null;
    if (state.compareAndSet(State.OPEN, State.GONE)) {
      wake();
    }
  }

  @Override
  public String toString() {
    return device + " opened by " + caller.owner() + " (" + state.get() + ")";
  }

  private DisplayCore core(String what) {
    State now = state.get();
    DisplayCore reached = core;
    if (now != State.OPEN || reached == null) {
      throw unusable(now, what);
    }
    return reached;
  }

  private DmaBufException unusable(State now, String what) {
    return now == State.CLOSED
        ? new DmaBufException(
            Errno.EBADF, "The file of " + device + " was " + what + " after close; open it again")
        : new DmaBufException(
            Errno.ENODEV, device + " was " + what + " after it had gone; open its successor");
  }
}
