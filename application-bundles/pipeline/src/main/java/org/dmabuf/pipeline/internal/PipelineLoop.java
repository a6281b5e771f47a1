package org.dmabuf.pipeline.internal;

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
 * </pre>
 */
final class PipelineLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineLoop.class);

  private final Settings settings;
  private final DmaBufRegistry registry;
  private final Roles roles;
  private final Doorbell doorbell;
  private final Flight flight;
  private final Followers followers;
  private final Optional<Y4mRecorder> recorder;
  private final Watchdog watchdog = new Watchdog();
  private volatile long allowed;
  private CaptureStage capture;
  private volatile DisplayStage display;
  private Buffers buffers;
  private boolean sourceEnded;
  private Optional<String> failure = Optional.empty();

  PipelineLoop(
      Settings settings,
      DmaBufRegistry registry,
      Roles roles,
      Doorbell doorbell,
      Flight flight,
      Followers followers,
      Optional<Y4mRecorder> recorder) {
    this.settings = settings;
    this.registry = registry;
    this.roles = roles;
    this.doorbell = doorbell;
    this.flight = flight;
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
    moved |= flight.dropFinished();
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
      if (flight.flipped(event.get())) {
        followers.displayed(event.get().timeNanos());
      }
    }
    return any;
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
        case DONE -> flight.captured(ticket, buffer.get(), sampleBytes());
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
    flight.failed(ticket, buffer);
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

  /** The bytes of a frame without padding, as the display counts them, too. */
  private long sampleBytes() {
    return capture.layout().planes().stream()
        .mapToLong(plane -> (long) plane.rowBytes() * plane.rows())
        .sum();
  }

  private static void cancel(CaptureStage stage) {
    stage.abandon().forEach(ticket -> ticket.notCaptured(Ticket.Capture.CANCELED));
  }

  /** Lets go of devices that have left, once what is in flight with them is done. */
  private void retire() {
    if (display != null && isRetired(display)) {
      LOG.info("{}: display {} has left", settings.name(), display.name());
      display.close();
      display = null;
      flight.clearScreen();
    }
    if (capture != null && isRetired(capture)) {
      LOG.info("{}: capture device {} has left", settings.name(), capture.name());
      capture.close();
      capture = null;
    }
    if (buffers != null && !buffersFit() && flight.isEmpty()) {
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
    flight.clearScreen();
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
    while (flight.accepted() + capture.pending() < most) {
      Optional<Slot> free = buffers.free();
      if (free.isEmpty()) {
        return;
      }
      Ticket ticket = flight.prepare(free.get());
      if (!capture.queue(ticket)) {
        return;
      }
      flight.begin(ticket);
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
    Optional<Ticket> next = flight.next();
    boolean ready =
        next.isPresent() && (settings.fenced() || next.get().capture() == Ticket.Capture.DONE);
    if (ready && display.commit(next.get(), buffers.layout())) {
      next.get().committed();
    }
  }

  private void say(boolean moved) {
    long now = registry.clock().nanos();
    boolean allAsked = flight.accepted() >= settings.frames();
    if ((sourceEnded || allAsked || failure.isPresent()) && flight.isEmpty()) {
      followers.change(
          failure.isPresent()
              ? new PipelineStatus(State.FAILED, failure.get())
              : new PipelineStatus(State.ENDED, ""));
      return;
    }
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      watchdog.on(missing.get(), now);
      followers.change(
          new PipelineStatus(
              flight.isEmpty() ? State.WAITING : State.DRAINING, "waits for " + missing.get()));
      if (watchdog.isOverdue(settings.successorTimeoutNanos(), now)) {
        fail("No " + missing.get() + " came in time; install or start one");
      }
      return;
    }
    followers.change(new PipelineStatus(State.RUNNING, ""));
    if (moved || flight.isEmpty() && flight.accepted() >= allowed) {
      watchdog.quiet();
    }
    watchdog.on("frames, " + flight.size() + " of them in flight", now);
    if (watchdog.isOverdue(settings.stallTimeoutNanos(), now)) {
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
    flight.abandon();
    followers.change(new PipelineStatus(State.FAILED, why));
  }

  private void release() {
    // The interrupt that ended the loop must not fail what gives things back.
    Thread.interrupted();
    if (capture != null) {
      capture.close();
    }
    takeEvents();
    flight.abandon();
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
