package org.dmabuf.pipeline.internal;

import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.ScanoutRecorder;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.video.VideoDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that the pipeline has open and the buffers that go round between them. Each is let go
 * once its service has left and what is in flight with it is done, and is replaced by the next.
 *
 * <pre>
 *   service there --acquire--> open --service left--> leaving (nothing new begins)
 *                                --driver gone, or nothing in flight with it--> closed
 * </pre>
 *
 * <p>Used by the pipeline's thread only, but for {@link #snapshot()}.
 */
final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  private final Settings settings;
  private final DmaBufRegistry registry;
  private final Roles roles;
  private final Flight flight;
  private final ScanoutRecorder recorder;
  private final Runnable wake;
  private CaptureStage capture;
  private volatile DisplayStage display;
  private ConverterStage converter;
  private Buffers buffers;
  // What the converter writes to and the display shows; the same without a converter.
  private Buffers shown;
  // Why none of the exporters that are there will do.
  private Optional<String> unsuited = Optional.empty();

  Devices(
      Settings settings,
      DmaBufRegistry registry,
      Roles roles,
      Flight flight,
      ScanoutRecorder recorder,
      Runnable wake) {
    this.settings = settings;
    this.registry = registry;
    this.roles = roles;
    this.flight = flight;
    this.recorder = recorder;
    this.wake = wake;
  }

  /** The capture device; empty when none is open. */
  Optional<CaptureStage> capture() {
    return Optional.ofNullable(capture);
  }

  /** The converter; empty when none is open. */
  Optional<ConverterStage> converter() {
    return Optional.ofNullable(converter);
  }

  /** The display; empty when none is open. */
  Optional<DisplayStage> display() {
    return Optional.ofNullable(display);
  }

  Optional<Picture> snapshot() {
    return display().flatMap(DisplayStage::snapshot);
  }

  /** Lets go of devices that have left, once what is in flight with them is done. */
  void retire() {
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
    if (converter != null && isRetired(converter)) {
      LOG.info("{}: converter {} has left", settings.name(), converter.name());
      converter.abandon();
      converter.close();
      converter = null;
    }
    if (buffers != null && !buffersFit() && flight.isEmpty()) {
      LOG.info("{}: its buffers are given back", settings.name());
      freeBuffers();
    }
  }

  /** Whether the buffers are of exporters that are there now, and suit the capture device. */
  private boolean buffersFit() {
    return roles.haveExporters(buffers.exporters())
        && roles.haveExporters(shown.exporters())
        && (capture == null || capture.layout().equals(buffers.layout()));
  }

  private boolean isRetired(DisplayStage stage) {
    return stage.state() == DisplayStage.State.GONE
        || (!stage.isOf(roles.display()) && stage.state() == DisplayStage.State.IDLE);
  }

  private boolean isRetired(CaptureStage stage) {
    return stage.state() == CaptureStage.State.GONE
        || (!stage.isOf(roles.capture()) && stage.pending() == 0);
  }

  private boolean isRetired(ConverterStage stage) {
    return stage.state() == ConverterStage.State.GONE
        || (!stage.isOf(roles.converter()) && stage.pending() == 0);
  }

  private void freeBuffers() {
    if (display != null) {
      display.dropFramebuffers();
    }
    if (capture != null) {
      capture.free();
    }
    if (converter != null) {
      converter.free();
    }
    flight.clearScreen();
    closeBuffers();
  }

  private void closeBuffers() {
    if (buffers != null) {
      buffers.close();
      shown.close();
      buffers = null;
      shown = null;
    }
  }

  void acquire(boolean sourceEnded) {
    try {
      // Each role is read once: it may be unbound between two looks.
      DisplayDevice screen = roles.display();
      if (display == null && screen != null) {
        display = new DisplayStage(screen, settings, registry.files(), recorder, wake);
        LOG.info("{}: display {} is in use", settings.name(), display.name());
      }
      acquireConverter();
      if (!sourceEnded) {
        acquireCapture();
      }
      if (display != null && buffers != null && buffersFit()) {
        display.prepare(shown);
        display.showBackdrop(registry, roles.exporters());
      }
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV && refused.errno() != Errno.ENOENT) {
        throw refused;
      }
      // It leaves just now; its service will be unbound, which rings the bell.
      LOG.info("{}: {}", settings.name(), refused.getMessage());
    }
  }

  private void acquireConverter() {
    VideoDevice maker = roles.converter();
    if (settings.conversion().isPresent() && converter == null && maker != null) {
      converter = new ConverterStage(maker, settings, registry.files(), wake);
      LOG.info("{}: converter {} is in use", settings.name(), converter.name());
    }
    if (converter != null && !converter.isReady() && buffers != null && buffersFit()) {
      converter.use(buffers, shown);
    }
  }

  private void acquireCapture() {
    VideoDevice camera = roles.capture();
    if (capture == null && camera != null) {
      int pitchAlign = buffers == null ? 1 : buffers.pitchAlign();
      capture = new CaptureStage(camera, settings, registry.files(), pitchAlign, wake);
      if (buffers != null) {
        capture.use(buffers);
      }
      LOG.info("{}: capture device {} is in use", settings.name(), capture.name());
    }
    if (buffers == null && capture != null) {
      allocate(camera, roles.display());
    }
  }

  /** Once all are there for whom buffers are needed, and somebody can make them. */
  private void allocate(VideoDevice camera, DisplayDevice screen) {
    unsuited = Optional.empty();
    if (camera == null || screen == null || roles.exporters().isEmpty()) {
      return;
    }
    if (settings.conversion().isEmpty()) {
      buffers =
          allocate(settings.format(), settings.width(), settings.height(), camera, screen)
              .orElse(null);
      shown = buffers;
    } else {
      allocateBoth(camera, screen);
    }
    if (buffers != null) {
      capture.use(buffers);
    }
  }

  /** One set from the camera to the converter, another one from there to the display. */
  private void allocateBoth(VideoDevice camera, DisplayDevice screen) {
    VideoDevice maker = roles.converter();
    if (maker == null) {
      return;
    }
    Optional<Buffers> captured =
        allocate(settings.format(), settings.width(), settings.height(), camera, maker);
    if (captured.isEmpty()) {
      return;
    }
    try {
      shown =
          allocate(
                  settings.shownFormat(),
                  settings.shownWidth(),
                  settings.shownHeight(),
                  maker,
                  screen)
              .orElse(null);
      buffers = shown == null ? null : captured.get();
    } finally {
      if (buffers == null) {
        captured.get().close();
      }
    }
  }

  /** Buffers that suit two devices; empty when no exporter has such. */
  private Optional<Buffers> allocate(
      PixelFormat format, int width, int height, Importer from, Importer to) {
    BufferRequest request =
        BufferRequest.frame(width, height, format)
            .withModifiers(Modifier.LINEAR)
            .from(roles.exporters().toArray(String[]::new));
    Negotiation answer = registry.negotiate(request, from, to);
    if (answer.best().isEmpty()) {
      // Another exporter may come, or a device be replaced by one that needs less.
      unsuited = Optional.of(answer.sentence());
      return Optional.empty();
    }
    Buffers made = Buffers.allocate(registry, request, settings.buffers(), from, to);
    LOG.info("{}: {} buffers of {}", settings.name(), made.count(), made.exporterNames());
    return Optional.of(made);
  }

  /** A buffer that may be queued for capture now; nothing new begins with a device that leaves. */
  Optional<Slot> free() {
    boolean may =
        buffers != null
            && capture != null
            && buffersFit()
            && capture.isOf(roles.capture())
            && capture.state() != CaptureStage.State.GONE;
    return may ? buffers.free() : Optional.empty();
  }

  /** A buffer that the converter may write to now; empty without a converter. */
  Optional<Slot> freeTarget() {
    boolean may =
        converter != null
            && buffers != null
            && converter.isReady()
            && converter.isOf(roles.converter());
    return may ? shown.free() : Optional.empty();
  }

  /** Has a captured frame converted; whether the converter took it. */
  boolean convert(Ticket ticket, Slot target) {
    return converter.convert(ticket, target, buffers.layout().size());
  }

  /** Whether a frame may be committed now. */
  boolean isDisplayIdle() {
    return display != null
        && display.state() == DisplayStage.State.IDLE
        && display.isOf(roles.display());
  }

  /** Commits a frame; whether the display took it. */
  boolean commit(Ticket ticket) {
    return display.commit(ticket, shown.layout());
  }

  /** For whom the pipeline waits; empty when all are there. */
  Optional<String> missing(boolean sourceEnded) {
    if (display == null || !display.isOf(roles.display())) {
      return Optional.of("display");
    }
    boolean converts = settings.conversion().isPresent();
    if (converts && (converter == null || !converter.isOf(roles.converter()))) {
      return Optional.of("converter");
    }
    if (sourceEnded) {
      return Optional.empty();
    }
    if (capture == null || !capture.isOf(roles.capture())) {
      return Optional.of("capture device");
    }
    return buffers == null || !buffersFit()
        ? Optional.of(unsuited.map(why -> "exporter that suits (" + why + ")").orElse("exporter"))
        : Optional.empty();
  }

  /** After the end the last frame stays on the screen, for as long as the display does. */
  void watchScreen() {
    if (display != null) {
      display.next();
      if (display.state() == DisplayStage.State.GONE || !display.isOf(roles.display())) {
        display.close();
        display = null;
      }
    }
    closeCapture();
    closeConverter();
  }

  private void closeConverter() {
    if (converter != null) {
      converter.close();
      converter = null;
    }
  }

  void closeCapture() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }

  void close() {
    closeCapture();
    if (display != null) {
      display.close();
      display = null;
    }
    closeConverter();
    closeBuffers();
  }
}
