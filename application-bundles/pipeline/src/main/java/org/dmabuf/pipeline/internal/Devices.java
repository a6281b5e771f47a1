package org.dmabuf.pipeline.internal;

import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.ScanoutRecorder;
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
  private final BufferSets buffers;
  private final ScanoutRecorder recorder;
  private final Runnable wake;
  private CaptureStage capture;
  private volatile DisplayStage display;
  private ConverterStage converter;

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
    this.buffers = new BufferSets(settings, registry, roles);
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
    if (buffers.areThere() && !buffersFit() && flight.isEmpty()) {
      LOG.info("{}: its buffers are given back", settings.name());
      freeBuffers();
    }
  }

  /** Whether the buffers are of exporters that are there now, and suit the capture device. */
  private boolean buffersFit() {
    return buffers.haveExporters()
        && (capture == null || capture.layout().equals(buffers.captured().layout()));
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
    buffers.close();
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
      if (display != null && buffers.areThere() && buffersFit()) {
        display.prepare(buffers.shown());
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
    // Also of exporters that have left: what was captured is to be shown.
    if (converter != null && !converter.isReady() && buffers.areThere()) {
      converter.use(buffers.captured(), buffers.shown());
    }
  }

  private void acquireCapture() {
    VideoDevice camera = roles.capture();
    if (capture == null && camera != null) {
      int pitchAlign = buffers.areThere() ? buffers.captured().pitchAlign() : 1;
      capture = new CaptureStage(camera, settings, registry.files(), pitchAlign, wake);
      useBuffers();
      LOG.info("{}: capture device {} is in use", settings.name(), capture.name());
    }
    if (!buffers.areThere() && capture != null) {
      buffers.allocate();
      useBuffers();
    }
  }

  /** Has the capture device make room for the buffers; one that refuses is opened anew. */
  private void useBuffers() {
    if (!buffers.areThere()) {
      return;
    }
    try {
      capture.use(buffers.captured());
    } catch (DmaBufException refused) {
      closeCapture();
      throw refused;
    }
  }

  /** A buffer that may be queued for capture now; nothing new begins with a device that leaves. */
  Optional<Slot> free() {
    boolean may =
        buffers.areThere()
            && capture != null
            && buffersFit()
            && capture.isOf(roles.capture())
            && capture.state() != CaptureStage.State.GONE;
    return may ? buffers.captured().free() : Optional.empty();
  }

  /** A buffer that the converter may write to now; empty without a converter. */
  Optional<Slot> freeTarget() {
    boolean may =
        converter != null
            && buffers.areThere()
            && converter.isReady()
            && converter.isOf(roles.converter());
    return may ? buffers.shown().free() : Optional.empty();
  }

  /** Has a captured frame converted; whether the converter took it. */
  boolean convert(Ticket ticket, Slot target) {
    return converter.convert(ticket, target, buffers.captured().layout().size());
  }

  /** Whether a frame may be committed now. */
  boolean isDisplayIdle() {
    return display != null
        && display.state() == DisplayStage.State.IDLE
        && display.isOf(roles.display());
  }

  /** Commits a frame; whether the display took it. */
  boolean commit(Ticket ticket) {
    return display.commit(ticket, buffers.shown().layout());
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
    return buffers.areThere() && buffersFit() ? Optional.empty() : Optional.of(buffers.missing());
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
    buffers.close();
  }
}
