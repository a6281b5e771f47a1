package org.dmabuf.pipeline.internal;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.PipelineStatus.State;
import org.dmabuf.video.node.CapturedBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline's one thread: it takes what the devices say, replaces devices that leave, and gives
 * out what is free. Nothing here waits but the bell at the end of each round. It ends when it is
 * told to, not by an interrupt, which may be of a driver that it called.
 *
 * <pre>
 *   round:  events -> captured buffers -> converted buffers -> finished tickets -> leaving devices
 *           -> new devices -> queue free buffers for capture -> convert captured ones
 *           -> commit the next frame -> wait for the bell
 * </pre>
 */
final class PipelineLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineLoop.class);

  private final Settings settings;
  private final DmaClock clock;
  private final Doorbell doorbell;
  private final Flight flight;
  private final Devices devices;
  private final Followers followers;
  private final Watchdog watchdog = new Watchdog();
  private final Refusals refusals;
  private volatile long allowed;
  private final AtomicReference<Intake> intake = new AtomicReference<>(Intake.OPEN);
  private Optional<String> failure = Optional.empty();

  PipelineLoop(
      Settings settings,
      DmaClock clock,
      Doorbell doorbell,
      Flight flight,
      Devices devices,
      Followers followers) {
    this.settings = settings;
    this.clock = clock;
    this.doorbell = doorbell;
    this.flight = flight;
    this.devices = devices;
    this.followers = followers;
    this.allowed = settings.allowed();
    this.refusals = new Refusals(settings.name(), settings.stallTimeoutNanos());
  }

  @Override
  public void run() {
    try {
      while (true) {
        try {
          round();
          refusals.none();
        } catch (DmaBufException refused) {
          if (!refusals.isAgain(refused, clock.nanos())) {
            fail(refused.sentence());
          }
        } catch (RuntimeException | LinkageError defect) {
          LOG.error("{} has a defect", settings.name(), defect);
          fail("The pipeline has a defect: " + defect);
        }
        if (intake.get().isFinished(followers.status())) {
          return;
        }
        doorbell.awaitUntil(clock.nanos() + refusals.waitNanos(settings.stallTimeoutNanos() / 4));
      }
    } finally {
      release();
    }
  }

  /** Begins nothing new, shows what is in flight, and ends the thread. */
  void finish() {
    intake.set(Intake.FINISHING);
    doorbell.ring();
  }

  /** Ends the thread with what is in flight; who calls it interrupts it, too. */
  void giveUp() {
    intake.set(Intake.GIVEN_UP);
    doorbell.ring();
  }

  /** As many frames as are allowed were shown; a pipeline that ends shows what it has. */
  private boolean isHeldBack() {
    return followers.displayed() >= allowed && intake.get() != Intake.FINISHING;
  }

  void allow(long frames) {
    allowed = frames;
    doorbell.ring();
  }

  private void round() {
    if (followers.status().isOver()) {
      devices.watchScreen();
      return;
    }
    boolean moved = takeEvents();
    moved |= takeCaptured();
    moved |= takeConverted();
    moved |= flight.dropFinished();
    devices.retire();
    devices.acquire(intake.get() != Intake.OPEN);
    queueFree();
    convertNext();
    commitNext();
    say(moved);
  }

  private boolean takeEvents() {
    Optional<DisplayStage> display = devices.display();
    boolean any = false;
    if (display.isPresent()) {
      for (Optional<FlipReport> report = display.get().next();
          report.isPresent();
          report = display.get().next()) {
        any = true;
        if (flight.flipped(report.get())) {
          followers.displayed(report.get().timeNanos());
        }
      }
    }
    return any;
  }

  private boolean takeCaptured() {
    Optional<CaptureStage> capture = devices.capture();
    boolean any = false;
    if (capture.isPresent()) {
      for (Optional<CapturedBuffer> buffer = capture.get().next();
          buffer.isPresent();
          buffer = capture.get().next()) {
        any = true;
        take(capture.get(), buffer.get());
      }
      if (capture.get().state() == CaptureStage.State.GONE) {
        capture.get().abandon();
      }
    }
    return any;
  }

  private boolean takeConverted() {
    Optional<ConverterStage> converter = devices.converter();
    boolean any = false;
    if (converter.isPresent()) {
      for (Optional<CapturedBuffer> buffer = converter.get().next();
          buffer.isPresent();
          buffer = converter.get().next()) {
        any = true;
        flight.converted(converter.get().taken(buffer.get()), buffer.get());
      }
      if (converter.get().state() == ConverterStage.State.GONE) {
        converter.get().abandon();
      }
    }
    return any;
  }

  private void convertNext() {
    Optional<Slot> target = devices.freeTarget();
    Optional<Ticket> next = flight.nextToConvert();
    while (target.isPresent() && next.isPresent() && devices.convert(next.get(), target.get())) {
      target = devices.freeTarget();
      next = flight.nextToConvert();
    }
  }

  private void take(CaptureStage capture, CapturedBuffer buffer) {
    Ticket ticket = capture.taken(buffer);
    switch (buffer.status()) {
      case DONE -> flight.captured(ticket, buffer, capture.sampleBytes());
      case ERROR -> failed(capture, ticket, buffer);
      case LAST -> {
        ticket.notCaptured(Ticket.Capture.CANCELED);
        endOfSource(capture);
      }
    }
  }

  private void failed(CaptureStage capture, Ticket ticket, CapturedBuffer buffer) {
    if (buffer.error().equals(Optional.of(Errno.ECANCELED))) {
      ticket.notCaptured(Ticket.Capture.CANCELED);
      return;
    }
    flight.failed(ticket, buffer);
    LOG.warn("{}: a frame failed: {}", settings.name(), buffer.message());
    boolean broken = !buffer.error().equals(Optional.of(Errno.EIO));
    if (broken || settings.onError() == Settings.OnError.END) {
      failure = Optional.of("The source failed: " + buffer.message());
      endOfSource(capture);
    }
  }

  private void endOfSource(CaptureStage capture) {
    intake.compareAndSet(Intake.OPEN, Intake.SOURCE_ENDED);
    capture.end();
  }

  private void queueFree() {
    for (Optional<Slot> free = devices.free(); free.isPresent(); free = devices.free()) {
      CaptureStage capture = devices.capture().orElseThrow();
      if (intake.get() != Intake.OPEN
          || flight.accepted() + capture.pending() >= settings.frames()) {
        return;
      }
      Ticket ticket = flight.prepare(free.get());
      if (!capture.queue(ticket)) {
        return;
      }
      flight.begin(ticket);
    }
  }

  private void commitNext() {
    if (!devices.isDisplayIdle() || isHeldBack()) {
      return;
    }
    Optional<Ticket> next = flight.next();
    if (next.isPresent() && isReady(next.get()) && devices.commit(next.get())) {
      next.get().committed();
    }
  }

  /** Whether a frame may be committed: the display itself waits for capture's fence. */
  private boolean isReady(Ticket ticket) {
    return settings.conversion().isPresent()
        ? ticket.conversion() == Ticket.Conversion.DONE
        : settings.fenced() || ticket.capture() == Ticket.Capture.DONE;
  }

  private void say(boolean moved) {
    long now = clock.nanos();
    boolean allAsked = flight.accepted() >= settings.frames();
    if ((intake.get() != Intake.OPEN || allAsked || failure.isPresent()) && flight.isEmpty()) {
      followers.change(
          failure.isPresent()
              ? new PipelineStatus(State.FAILED, failure.get())
              : new PipelineStatus(State.ENDED, ""));
      return;
    }
    Optional<String> missing = devices.missing(intake.get() != Intake.OPEN);
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
    if (moved || isHeldBack()) {
      watchdog.quiet();
    }
    watchdog.on("frames, " + flight.size() + " of them in flight", now);
    if (watchdog.isOverdue(settings.stallTimeoutNanos(), now)) {
      fail(
          "Nothing moves: %d frames are at %s, %s"
              .formatted(
                  devices.capture().map(CaptureStage::pending).orElse(0),
                  devices.capture().map(CaptureStage::name).orElse("no capture device"),
                  devices.display().map(DisplayStage::describe).orElse("no display is there")));
    }
  }

  private void fail(String why) {
    LOG.error("{} failed: {}", settings.name(), why);
    flight.abandon();
    followers.change(new PipelineStatus(State.FAILED, why));
  }

  private void release() {
    // An interrupt must not fail what gives things back.
    Thread.interrupted();
    devices.closeCapture();
    takeEvents();
    flight.abandon();
    devices.close();
  }
}
