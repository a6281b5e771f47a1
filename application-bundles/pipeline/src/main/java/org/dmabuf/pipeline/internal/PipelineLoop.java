package org.dmabuf.pipeline.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.FlipEvent;
import org.dmabuf.display.Picture;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.PipelineStatus.State;
import org.dmabuf.video.CapturedBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline's one thread: it takes what the devices say, replaces devices that leave, and gives
 * out what is free. Nothing here waits but the bell at the end of each round.
 *
 * <pre>
 *   round:  events -> captured buffers -> finished tickets -> leaving devices -> new devices
 *           -> queue free buffers for capture -> commit the next frame -> wait for the bell
 *
 *   in flight, oldest first:   [committed] [captured] [being written] [queued]
 * </pre>
 */
final class PipelineLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineLoop.class);

  private final Settings settings;
  private final DmaBufRegistry registry;
  private final Roles roles;
  private final Doorbell doorbell;
  private final FrameLedger ledger;
  private final Followers followers;
  private final Optional<Y4mRecorder> recorder;
  // Frames in flight in the order of their capture; a cookie is a frame's name at the display.
  private final Map<Long, Ticket> inFlight = new LinkedHashMap<>();
  private final Wait wait = new Wait();
  private long lastCookie;
  private long accepted;
  private volatile long allowed;
  private CaptureStage capture;
  private volatile DisplayStage display;
  private Buffers buffers;
  private Ticket onScreen;
  private boolean sourceEnded;
  private Optional<String> failure = Optional.empty();

  PipelineLoop(
      Settings settings,
      DmaBufRegistry registry,
      Roles roles,
      Doorbell doorbell,
      FrameLedger ledger,
      Followers followers,
      Optional<Y4mRecorder> recorder) {
    this.settings = settings;
    this.registry = registry;
    this.roles = roles;
    this.doorbell = doorbell;
    this.ledger = ledger;
    this.followers = followers;
    this.recorder = recorder;
    this.allowed = settings.allowed();
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          round();
        } catch (DmaBufException refused) {
          fail(refused.sentence());
        }
        doorbell.awaitUntil(registry.clock().nanos() + settings.stallTimeoutNanos() / 4);
      }
    } catch (InterruptedException stopped) {
      LOG.debug("{} is stopped", settings.name());
    } finally {
      release();
    }
  }

  void allow(long frames) {
    allowed = frames;
    doorbell.ring();
  }

  Optional<Picture> snapshot() {
    DisplayStage now = display;
    return now == null ? Optional.empty() : now.snapshot();
  }

  private void round() {
    if (followers.status().isOver()) {
      watchScreen();
      return;
    }
    boolean moved = takeEvents();
    moved |= takeCaptured();
    moved |= dropFinished();
    ledger.settle();
    retire();
    acquire();
    queueFree();
    commitNext();
    say(moved);
  }

  /** After the end the last frame stays on the screen, for as long as the display does. */
  private void watchScreen() {
    if (display != null) {
      display.next();
      if (display.state() == DisplayStage.State.GONE || !display.isOf(roles.display())) {
        display.close();
        display = null;
      }
    }
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }

  private boolean takeEvents() {
    boolean any = false;
    while (display != null) {
      Optional<FlipEvent> event = display.next();
      if (event.isEmpty()) {
        break;
      }
      any = true;
      Ticket ticket = inFlight.get(event.get().cookie());
      if (ticket == null || ticket.display() == Ticket.Display.SHOWN) {
        if (event.get().outcome() == FlipEvent.Outcome.FLIPPED) {
          ledger.shownAgain(event.get().cookie());
        }
        continue;
      }
      switch (event.get().outcome()) {
        case FLIPPED -> shown(ticket, event.get());
        case SKIPPED -> ticket.skipped();
        case CANCELED -> ticket.handedBack();
      }
    }
    return any;
  }

  private void shown(Ticket ticket, FlipEvent event) {
    ticket.shown(event.checksum(), event.timeNanos());
    clearScreen();
    onScreen = ticket;
    ledger.shown(ticket, event.bytesRead());
    followers.displayed(event.timeNanos());
  }

  /** What was on the screen gives its buffer back, now or when capture has said its word, too. */
  private void clearScreen() {
    if (onScreen != null && onScreen.isOver()) {
      onScreen.slot().setState(Slot.State.FREE);
    }
    onScreen = null;
  }

  private boolean takeCaptured() {
    boolean any = false;
    while (capture != null) {
      Optional<CapturedBuffer> buffer = capture.next();
      if (buffer.isEmpty()) {
        break;
      }
      any = true;
      Ticket ticket = capture.taken(buffer.get());
      switch (buffer.get().status()) {
        case DONE -> {
          ticket.captured(
              buffer.get().sourceIndex(), buffer.get().checksum(), buffer.get().timestampNanos());
          ledger.captured(buffer.get().bytesUsed());
          accepted++;
        }
        case ERROR -> failed(ticket, buffer.get());
        case LAST -> {
          ticket.notCaptured(Ticket.Capture.CANCELED);
          endOfSource();
        }
      }
    }
    if (capture != null && capture.state() == CaptureStage.State.GONE) {
      cancel(capture);
    }
    return any;
  }

  private void failed(Ticket ticket, CapturedBuffer buffer) {
    if (buffer.error().equals(Optional.of(Errno.ECANCELED))) {
      ticket.notCaptured(Ticket.Capture.CANCELED);
      return;
    }
    ticket.notCaptured(Ticket.Capture.FAILED);
    ledger.failed(buffer.sourceIndex());
    accepted++;
    LOG.warn("{}: a frame failed: {}", settings.name(), buffer.message());
    boolean broken = !buffer.error().equals(Optional.of(Errno.EIO));
    if (broken || settings.onError() == Settings.OnError.END) {
      failure = Optional.of("The source failed: " + buffer.message());
      endOfSource();
    }
  }

  private void endOfSource() {
    sourceEnded = true;
    capture.end((stage, ticket) -> ticket.notCaptured(Ticket.Capture.CANCELED));
  }

  private static void cancel(CaptureStage stage) {
    stage.abandon().forEach(ticket -> ticket.notCaptured(Ticket.Capture.CANCELED));
  }

  private boolean dropFinished() {
    return inFlight.values().removeIf(this::dropFinished);
  }

  private boolean dropFinished(Ticket ticket) {
    if (!ticket.isOver()) {
      return false;
    }
    ticket.slot().setState(ticket == onScreen ? Slot.State.ON_SCREEN : Slot.State.FREE);
    if (ticket.display() != Ticket.Display.SHOWN && ticket.capture() == Ticket.Capture.DONE) {
      ledger.lost(ticket);
    }
    return true;
  }

  /** Lets go of devices that have left, once what is in flight with them is done. */
  private void retire() {
    if (display != null && isRetired(display)) {
      LOG.info("{}: display {} has left", settings.name(), display.name());
      display.close();
      display = null;
      clearScreen();
    }
    if (capture != null && isRetired(capture)) {
      LOG.info("{}: capture device {} has left", settings.name(), capture.name());
      capture.close();
      capture = null;
    }
    if (buffers != null && !buffersFit() && inFlight.isEmpty()) {
      LOG.info("{}: its buffers are given back", settings.name());
      freeBuffers();
    }
  }

  /** Whether the buffers are of the exporter that is there now, and suit the capture device. */
  private boolean buffersFit() {
    return buffers.isOf(roles.exporter())
        && (capture == null || capture.layout().equals(buffers.layout()));
  }

  private boolean isRetired(DisplayStage stage) {
    return stage.state() == DisplayStage.State.GONE
        || !stage.isOf(roles.display()) && stage.state() == DisplayStage.State.IDLE;
  }

  private boolean isRetired(CaptureStage stage) {
    return stage.state() == CaptureStage.State.GONE
        || !stage.isOf(roles.capture()) && stage.pending() == 0;
  }

  private void freeBuffers() {
    if (display != null) {
      display.dropFramebuffers();
    }
    if (capture != null) {
      capture.request(0);
    }
    onScreen = null;
    buffers.close();
    buffers = null;
  }

  private void acquire() {
    try {
      if (display == null && roles.display() != null) {
        display =
            new DisplayStage(roles.display(), settings, registry.files(), recorder, doorbell::ring);
        LOG.info("{}: display {} is in use", settings.name(), display.name());
      }
      if (!sourceEnded) {
        acquireCapture();
      }
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV && refused.errno() != Errno.ENOENT) {
        throw refused;
      }
      // It leaves just now; its service will be unbound, which rings the bell.
      LOG.info("{}: {}", settings.name(), refused.getMessage());
    }
  }

  private void acquireCapture() {
    if (capture == null && roles.capture() != null) {
      capture = new CaptureStage(roles.capture(), settings, registry.files(), doorbell::ring);
      if (buffers != null) {
        capture.request(buffers.count());
      }
      LOG.info("{}: capture device {} is in use", settings.name(), capture.name());
    }
    if (buffers == null && capture != null && roles.exporter() != null) {
      buffers =
          new Buffers(roles.exporter(), registry.files(), capture.layout(), settings.buffers());
      capture.request(buffers.count());
      LOG.info("{}: {} buffers of {}", settings.name(), buffers.count(), roles.exporter().name());
    }
  }

  private void queueFree() {
    if (!mayQueue()) {
      return;
    }
    long most = Math.min(settings.frames(), allowed);
    while (accepted + capture.pending() < most) {
      Optional<Slot> free = buffers.free();
      if (free.isEmpty()) {
        return;
      }
      Ticket ticket = new Ticket(++lastCookie, free.get());
      if (!capture.queue(ticket)) {
        return;
      }
      free.get().setState(Slot.State.IN_USE);
      inFlight.put(ticket.cookie(), ticket);
    }
  }

  /** Nothing new begins with a device that leaves. */
  private boolean mayQueue() {
    return !sourceEnded
        && buffers != null
        && capture != null
        && buffersFit()
        && capture.isOf(roles.capture())
        && capture.state() != CaptureStage.State.GONE;
  }

  private void commitNext() {
    if (display == null
        || display.state() != DisplayStage.State.IDLE
        || !display.isOf(roles.display())) {
      return;
    }
    for (Ticket ticket : inFlight.values()) {
      boolean wanted =
          ticket.display() == Ticket.Display.NONE
              && ticket.capture() != Ticket.Capture.FAILED
              && ticket.capture() != Ticket.Capture.CANCELED;
      if (wanted) {
        boolean ready = settings.fenced() || ticket.capture() == Ticket.Capture.DONE;
        if (ready && display.commit(ticket, buffers.layout())) {
          ticket.committed();
        }
        return; // in order: nothing overtakes
      }
    }
  }

  private void say(boolean moved) {
    long now = registry.clock().nanos();
    boolean allAsked = accepted >= settings.frames();
    if ((sourceEnded || allAsked || failure.isPresent()) && inFlight.isEmpty()) {
      followers.change(
          failure.isPresent()
              ? new PipelineStatus(State.FAILED, failure.get())
              : new PipelineStatus(State.ENDED, ""));
      return;
    }
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      wait.on(missing.get(), now);
      followers.change(
          new PipelineStatus(
              inFlight.isEmpty() ? State.WAITING : State.DRAINING, "waits for " + missing.get()));
      if (wait.isOver(settings.successorTimeoutNanos(), now)) {
        fail("No " + missing.get() + " came in time; install or start one");
      }
      return;
    }
    followers.change(new PipelineStatus(State.RUNNING, ""));
    if (moved || inFlight.isEmpty() && accepted >= allowed) {
      wait.over();
    }
    wait.on("frames, " + inFlight.size() + " of them in flight", now);
    if (wait.isOver(settings.stallTimeoutNanos(), now)) {
      fail(
          "Nothing moves: %d frames at capture device %s, display %s is %s"
              .formatted(
                  capture == null ? 0 : capture.pending(),
                  capture == null ? "(none)" : capture.name(),
                  display.name(),
                  display.state()));
    }
  }

  private Optional<String> missing() {
    if (display == null || !display.isOf(roles.display())) {
      return Optional.of("display");
    }
    if (sourceEnded) {
      return Optional.empty();
    }
    if (capture == null || !capture.isOf(roles.capture())) {
      return Optional.of("capture device");
    }
    return buffers == null || !buffersFit() ? Optional.of("exporter") : Optional.empty();
  }

  private void fail(String why) {
    LOG.error("{} failed: {}", settings.name(), why);
    loseUnseen();
    followers.change(new PipelineStatus(State.FAILED, why));
  }

  private void loseUnseen() {
    for (Ticket ticket : inFlight.values()) {
      if (ticket.capture() == Ticket.Capture.DONE && ticket.display() != Ticket.Display.SHOWN) {
        ledger.lost(ticket);
      }
    }
    inFlight.clear();
  }

  private void release() {
    // The interrupt that ended the loop must not fail what gives things back.
    Thread.interrupted();
    if (capture != null) {
      capture.close();
    }
    takeEvents();
    ledger.settle();
    loseUnseen();
    if (display != null) {
      display.close();
      display = null;
    }
    if (buffers != null) {
      buffers.close();
      buffers = null;
    }
  }
}
