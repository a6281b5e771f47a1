package org.dmabuf.display.kms;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;

/**
 * An open display: one client's framebuffers, its commits, and the events that it has not taken.
 *
 * <pre>
 *   OPEN --the driver leaves--> GONE   events can still be taken, all else fails with ENODEV
 *        --close()------------> CLOSED all fails with EBADF
 * </pre>
 *
 * <p>Thread-safe; nothing is called with a lock held. All methods throw ENODEV when the display has
 * gone and EBADF after close. Kernel counterpart: a {@code struct drm_file} of a driver with {@code
 * DRIVER_MODESET}.
 */
public final class KmsFile implements AutoCloseable {
  /** Events that may wait to be taken; as many as fit into the kernel's 4 KiB of a DRM file. */
  public static final int MAX_EVENTS = 128;

  private enum State {
    OPEN,
    GONE,
    CLOSED
  }

  private final String device;
  private final FileTable caller;
  private final EventQueue events;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile KmsDevice core;
  private volatile ScanoutRecorder recorder;

  KmsFile(KmsDevice core, FileTable caller) {
    this.core = core;
    this.device = core.info().name();
    this.caller = caller;
    this.events = new EventQueue(toString());
  }

  /**
   * Makes a framebuffer.
   *
   * @param request what it is to be, never null
   * @return the framebuffer, never null
   * @throws DmaBufException in this order: EINVAL for a format, a size, a buffer that is not named;
   *     ERANGE beyond 32 bits; EINVAL for a pitch or a modifier; what the buffers' source throws;
   *     EINVAL for a buffer that is too small
   */
  public Framebuffer addFramebuffer(FramebufferRequest request) {
    return core("given a framebuffer").framebuffers().add(this, request);
  }

  /**
   * Makes a framebuffer over a dma-buf, which is attached for as long as that is used.
   *
   * @param fd a descriptor of the table that the display was opened with; may be closed afterwards
   * @param layout how the frame lies in it, never null
   * @return the framebuffer, never null
   * @throws DmaBufException as {@link #addFramebuffer(FramebufferRequest)}; EBADF, EINVAL for a
   *     descriptor that is no dma-buf; the exporter's errors
   */
  public Framebuffer addFramebuffer(int fd, FrameLayout layout) {
    return addFramebuffer(fd, layout, OptionalLong.empty());
  }

  /**
   * As {@link #addFramebuffer(int, FrameLayout)}, of samples that are arranged in some way.
   *
   * @param modifier {@link org.dmabuf.format.Modifier#LINEAR}; empty for what the driver takes for
   *     granted; never null
   */
  public Framebuffer addFramebuffer(int fd, FrameLayout layout, OptionalLong modifier) {
    KmsDevice now = core("given a framebuffer");
    FramebufferRequest request =
        FramebufferRequest.of(layout, () -> now.importBuffer(caller, fd)).withModifier(modifier);
    return now.framebuffers().add(this, request);
  }

  /** Returns a framebuffer by its number, whoever made it; empty when there is none. */
  public Optional<Framebuffer> framebuffer(int id) {
    return core("asked for framebuffer " + id).framebuffers().find(id);
  }

  /**
   * Takes a framebuffer's number away, and it from the planes that show it: they show nothing then,
   * while their CRTCs stay on. Waits for commits that are pending on those.
   *
   * @throws DmaBufException ENOENT when this file has none of that number; ERESTARTSYS when the
   *     thread is interrupted in the wait, then nothing was done
   */
  public void removeFramebuffer(int id) {
    core("relieved of framebuffer " + id).framebuffers().remove(this, id);
  }

  /**
   * Takes a framebuffer's number away; what shows it goes on.
   *
   * @throws DmaBufException ENOENT when this file has none of that number
   */
  public void closeFramebuffer(int id) {
    core("relieved of framebuffer " + id).framebuffers().close(this, id);
  }

  /**
   * Makes changes together. What is shown waits for the writers of its buffers, or for explicit
   * fences instead, and then for a vblank, unless its CRTC is switched; whether a fence has failed
   * makes no difference without SKIP_FAILED. A blocking commit returns when it is on the screen.
   *
   * @param request the changes, never null
   * @param flags how, never null
   * @throws DmaBufException in this order: EACCES when another file is the master; EINVAL for
   *     objects that do not fit; ENOSPC for a source beyond its framebuffer; ERANGE for scaling or
   *     an empty source; EINVAL for a CRTC without mode or connector, an event of a dark CRTC, and
   *     a switch that ALLOW_MODESET was not given for; first of these for ASYNC when the display
   *     cannot; EBUSY for NONBLOCK while a commit is pending; ENOMEM when {@link #MAX_EVENTS}
   *     events have not been taken; ENOENT for a framebuffer that has gone; what a taker of a fence
   *     throws; ERESTARTSYS when the thread is interrupted before the change is made. Nothing has
   *     changed then
   */
  public void commit(AtomicRequest request, AtomicFlag... flags) {
    Set<AtomicFlag> all = EnumSet.noneOf(AtomicFlag.class);
    Collections.addAll(all, flags);
    commit(request, all);
  }

  /**
   * As {@link #commit(AtomicRequest, AtomicFlag...)}, for who commits each frame alike.
   *
   * @param flags how; not to be changed afterwards; never null
   */
  public void commit(AtomicRequest request, Set<AtomicFlag> flags) {
    core("given a commit").commits().commit(this, request, flags);
  }

  /**
   * Shows another framebuffer on a CRTC's primary plane at its next vblank.
   *
   * @param fb the framebuffer's number
   * @param event the client's number for the event; empty for none; never null
   * @param more ASYNC, or none
   * @throws DmaBufException in this order: EACCES; EBUSY when the plane shows nothing; ENOENT;
   *     ENOSPC for one smaller than the mode; EINVAL for one of another format; EBUSY while a
   *     commit is pending
   */
  public void pageFlip(Crtc crtc, int fb, OptionalLong event, AtomicFlag... more) {
    core("given a page flip").legacy().pageFlip(this, crtc, fb, event, more);
  }

  /**
   * Switches a CRTC to a mode and shows a framebuffer on its primary plane; blocking.
   *
   * @param fb the framebuffer's number; {@link LegacyCalls#CURRENT} for the one that is shown
   * @param connectors what it is to feed, never null
   * @throws DmaBufException in this order: EACCES; ENOENT, or EINVAL when none is shown; ENOSPC for
   *     one smaller than the mode; as {@link #commit} else
   */
  public void setCrtc(Crtc crtc, int fb, Mode mode, List<Connector> connectors) {
    core("set").legacy().setCrtc(this, crtc, fb, mode, connectors);
  }

  /**
   * Switches a CRTC off; blocking.
   *
   * @throws DmaBufException EACCES; ERESTARTSYS
   */
  public void switchOff(Crtc crtc) {
    core("switched off").legacy().switchOff(this, crtc);
  }

  /**
   * Returns the last vblank that has come.
   *
   * @throws DmaBufException EINVAL while the CRTC does not run
   */
  public VblankTime lastVblank(Crtc crtc) {
    return core("asked for vblanks").vblanks().last(crtc);
  }

  /**
   * Waits until a vblank has come.
   *
   * @param sequence its number; one that has come means at once
   * @return the last one that has come then; when the CRTC was switched meanwhile, the last before
   *     that
   * @throws DmaBufException EINVAL while the CRTC does not run; ERESTARTSYS
   */
  public VblankTime awaitVblank(Crtc crtc, long sequence) {
    return core("asked for vblanks").vblanks().await(crtc, sequence);
  }

  /**
   * Asks for an event when a vblank has come.
   *
   * @throws DmaBufException EINVAL while the CRTC does not run; ENOMEM when {@link #MAX_EVENTS}
   *     events have not been taken
   */
  public void requestVblank(Crtc crtc, long sequence, long cookie) {
    core("asked for vblanks").vblanks().request(this, crtc, sequence, cookie);
  }

  /**
   * Takes the next event; never waits.
   *
   * @return the oldest event, or empty when there is none now
   */
  public Optional<KmsEvent> nextEvent() {
    return events.take();
  }

  /** Returns whether an event can be taken. */
  public boolean hasEvent() {
    return !events.isEmpty();
  }

  /**
   * Sets what is called, with no lock held and on any thread, after each new event, when a screen
   * was plugged in or out, and when the display has gone.
   *
   * @param told what to call, must be short; null removes it
   */
  public void setListener(Runnable told) {
    events.setListener(told);
  }

  /**
   * Sets who sees what is scanned out for this file's commits. As long as there is one, each flip
   * reads its frames once, on a thread of the CRTC, and its event says what was read; one that
   * waits for a vblank when the file is closed or the display goes is canceled, not shown unseen.
   *
   * @param seen who; null for nobody (a call that has begun runs to its end)
   */
  public void setRecorder(ScanoutRecorder seen) {
    recorder = seen;
  }

  /** Returns whether it can be used: it is not closed, and its display has not gone. */
  public boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /** Returns whether it may change what is shown. */
  public boolean isMaster() {
    return core("asked for its master").isMaster(this);
  }

  /** Returns what is set now, whether it is on the screen already or not. */
  public KmsState state() {
    return core("asked for its state").state();
  }

  /**
   * Returns what is on a CRTC's screen, as colours; empty when it is dark. Reads count as VERIFIED.
   */
  public Optional<Picture> snapshot(Crtc crtc) {
    return core("asked for its picture").snapshot(crtc);
  }

  /**
   * Returns the checksum of what is on a CRTC's screen: equal for equal pictures, whatever planes
   * they are made of. Empty when it is dark. Counterpart: the {@code crc/data} file of a CRTC.
   */
  public OptionalLong checksum(Crtc crtc) {
    return core("asked for a checksum").checksum(crtc);
  }

  /**
   * Closes the file. A commit of it that waits for fences is waited for, as long as the framework
   * waits for buffers, and then canceled; if the client's table is closed, whose timelines nobody
   * can move on any more, it is canceled at once. A flip that waits for a vblank comes at once. The
   * framebuffers go, and what showed them is empty; CRTCs stay on as long as anybody has the
   * display open. Idempotent.
   */
  @Override
  public void close() {
    State before = state.getAndSet(State.CLOSED);
    KmsDevice now = core;
    if (before == State.OPEN && now != null) {
      now.closed(this);
    }
    core = null;
    events.clear();
  }

  FileTable caller() {
    return caller;
  }

  boolean isClosed() {
    return state.get() == State.CLOSED;
  }

  ScanoutRecorder recorder() {
    return recorder;
  }

  EventQueue events() {
    return events;
  }

  /** The display has gone. */
  void gone() {
    core = null;
    if (state.compareAndSet(State.OPEN, State.GONE)) {
      events.wake();
    }
  }

  @Override
  public String toString() {
    return device + " opened by " + caller.owner();
  }

  private KmsDevice core(String what) {
    KmsDevice reached = core;
    if (reached == null) {
      boolean closed = state.get() == State.CLOSED;
      throw new DmaBufException(
          closed ? Errno.EBADF : Errno.ENODEV,
          "Display "
              + device
              + " was "
              + what
              + (closed
                  ? " after close; open it again"
                  : " after it had gone; open its successor"));
    }
    return reached;
  }
}
