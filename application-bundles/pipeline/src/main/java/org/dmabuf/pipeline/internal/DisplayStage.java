package org.dmabuf.pipeline.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Connector;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.KmsEvent;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.display.kms.ScanoutRecorder;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;

/**
 * The display that the pipeline has open, lit, with a framebuffer for each of its buffers; and one
 * for what is behind them, when they are an overlay.
 *
 * <pre>
 *   IDLE --commit--> PENDING --shown, skipped--> IDLE
 *   IDLE, PENDING --driver goes, all events taken--> GONE (what was pending is canceled)
 * </pre>
 *
 * <p>Used by the pipeline's thread only, but for {@link #snapshot()}.
 */
final class DisplayStage implements AutoCloseable {
  enum State {
    IDLE,
    PENDING,
    GONE
  }

  /** Of a display that can flip without a vblank, and of frames that nothing paces. */
  private static final int USUAL_REFRESH = 60_000;

  private final DisplayDevice device;
  private final String name;
  private final Crtc crtc;
  private final Plane plane;
  private final AtomicFlag[] flags;
  private final KmsFile file;
  private final ScanoutRecorder recorder;
  private final Optional<Placement> placement;
  private final Map<Integer, Framebuffer> framebuffers = new HashMap<>();
  private State state = State.IDLE;
  private long pending; // while PENDING
  private Framebuffer backdrop; // null: not shown yet, or that of buffers that are given back

  DisplayStage(
      DisplayDevice device,
      Settings settings,
      FileTable files,
      ScanoutRecorder recorder,
      Runnable wake) {
    this.device = device;
    this.name = device.info().name();
    this.crtc = device.crtcs().getFirst();
    this.recorder = recorder;
    this.placement = settings.placement();
    this.plane = plane(placement.isPresent() ? Plane.Kind.OVERLAY : Plane.Kind.PRIMARY);
    boolean free = settings.rate().isFree();
    boolean async = free && device.info().features().contains(KmsInfo.Feature.ASYNC_FLIP);
    this.flags =
        async
            ? new AtomicFlag[] {AtomicFlag.NONBLOCK, AtomicFlag.SKIP_FAILED, AtomicFlag.ASYNC}
            : new AtomicFlag[] {AtomicFlag.NONBLOCK, AtomicFlag.SKIP_FAILED};
    int refresh =
        async ? USUAL_REFRESH : free ? Mode.MAX_REFRESH_MILLI_HZ : settings.rate().milliHertz();
    Mode mode =
        new Mode(
            placement.map(Placement::width).orElse(settings.shownWidth()),
            placement.map(Placement::height).orElse(settings.shownHeight()),
            refresh);
    this.file = device.open(files);
    try {
      file.commit(new AtomicRequest().light(crtc, screen(), mode), AtomicFlag.ALLOW_MODESET);
      file.setRecorder(recorder);
      file.setListener(wake);
    } catch (RuntimeException refused) {
      file.close();
      throw refused;
    }
  }

  private Plane plane(Plane.Kind kind) {
    return device.planes().stream()
        .filter(any -> any.possibleCrtc() == crtc && any.kind() == kind)
        .findFirst()
        .orElseThrow(
            () ->
                new DmaBufException(
                    Errno.EINVAL,
                    "Display "
                        + name
                        + " has no "
                        + kind
                        + " plane for frames; one with 'overlays' of 1 or more would work"));
  }

  private Connector screen() {
    return device.connectors().stream()
        .filter(any -> any.possibleCrtc() == crtc && any.kind() == Connector.Kind.SCREEN)
        .findFirst()
        .orElseThrow();
  }

  boolean isOf(DisplayDevice other) {
    return device == other;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  String describe() {
    return "display " + name + " is " + state;
  }

  /**
   * Attaches the display to all buffers, before there are frames in them: a buffer whose exporter
   * has gone may refuse later, and then its frame could not be shown.
   */
  void prepare(Buffers buffers) {
    if (state == State.GONE || framebuffers.size() == buffers.count()) {
      return;
    }
    for (Slot slot : buffers.slots()) {
      framebuffer(slot, buffers.layout());
    }
  }

  /**
   * Shows what is behind the frames, if anything is to be; nothing may be pending.
   *
   * @param exporters the names of those that its buffer may come from, one at least
   */
  void showBackdrop(DmaBufRegistry registry, Set<String> exporters) {
    if (placement.isEmpty() || backdrop != null || state != State.IDLE) {
      return;
    }
    Placement where = placement.get();
    backdrop =
        where.backdrop().paint(registry, exporters, device, file, where.width(), where.height());
    // It is no frame of the pipeline's, so nobody is to see it come.
    file.setRecorder(null);
    file.commit(new AtomicRequest().show(plane(Plane.Kind.PRIMARY), crtc, backdrop));
    file.setRecorder(recorder);
  }

  private Framebuffer framebuffer(Slot slot, FrameLayout layout) {
    return framebuffers.computeIfAbsent(
        slot.index(),
        index -> file.addFramebuffer(slot.fd(), layout, OptionalLong.of(Modifier.LINEAR)));
  }

  /** Commits a frame; false when the display has gone. */
  boolean commit(Ticket ticket, FrameLayout layout) {
    try {
      Framebuffer frame = framebuffer(ticket.shownSlot(), layout);
      AtomicRequest request = new AtomicRequest().show(plane, crtc, frame).event(ticket.cookie());
      placement.ifPresent(where -> where.place(request, plane));
      file.commit(request, flags);
      state = State.PENDING;
      pending = ticket.cookie();
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      state = State.GONE;
      return false;
    }
  }

  /** Takes what became of a commit; empty when there is nothing to say, or the display has gone. */
  Optional<FlipReport> next() {
    if (state == State.GONE) {
      return Optional.empty();
    }
    // Read first: who leaves has delivered all events before it says so.
    boolean open = file.isOpen();
    Optional<KmsEvent> event = file.nextEvent();
    if (event.isPresent()) {
      state = State.IDLE;
      return event.map(FlipReport::of);
    }
    if (open) {
      return Optional.empty();
    }
    boolean canceled = state == State.PENDING;
    state = State.GONE;
    return canceled ? Optional.of(FlipReport.canceled(pending)) : Optional.empty();
  }

  /** Forgets the framebuffers; what is on the screen stays there until it is replaced. */
  void dropFramebuffers() {
    for (Framebuffer framebuffer : framebuffers.values()) {
      if (state != State.GONE) {
        remove(framebuffer);
      }
    }
    framebuffers.clear();
    if (backdrop != null && state != State.GONE) {
      remove(backdrop);
    }
    backdrop = null;
  }

  /** A driver may leave between any two calls; its framebuffers went with it. */
  private void remove(Framebuffer framebuffer) {
    try {
      file.closeFramebuffer(framebuffer.id());
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      state = State.GONE;
    }
  }

  /** Returns what the display composed of all its planes; empty when it is dark or has gone. */
  Optional<Picture> snapshot() {
    try {
      return file.snapshot(crtc);
    } catch (DmaBufException gone) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    file.setListener(null);
    file.close(); // with its recorder, so that nothing is shown unseen
    state = State.GONE;
  }
}
