package org.dmabuf.pipeline.internal;

import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.Negotiation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buffers that go round in a pipeline, each set negotiated between the two devices that use it.
 *
 * <pre>
 *   without a converter   capture --[ one set ]--> display
 *   with one              capture --[ captured ]--> converter --[ shown ]--> display
 *
 *   NONE --allocate, all that are needed are there--> THERE --close--> NONE
 * </pre>
 *
 * <p>Used by the pipeline's thread only.
 */
final class BufferSets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BufferSets.class);

  private final Settings settings;
  private final DmaBufRegistry registry;
  private final Roles roles;
  private Optional<Buffers> captured = Optional.empty();
  private Optional<Buffers> shown = Optional.empty(); // the same without a converter
  // Why none of the exporters that are there will do.
  private Optional<String> unsuited = Optional.empty();

  BufferSets(Settings settings, DmaBufRegistry registry, Roles roles) {
    this.settings = settings;
    this.registry = registry;
    this.roles = roles;
  }

  boolean areThere() {
    return captured.isPresent();
  }

  /** Those that the capture device writes to; only while they are there. */
  Buffers captured() {
    return captured.orElseThrow();
  }

  /** Those that the display shows; only while they are there. */
  Buffers shown() {
    return shown.orElseThrow();
  }

  /** Whether all of their exporters are still there. */
  boolean haveExporters() {
    return roles.haveExporters(captured().exporters()) && roles.haveExporters(shown().exporters());
  }

  /** What the pipeline waits for that has no buffers. */
  String missing() {
    return unsuited.map(why -> "exporter that suits (" + why + ")").orElse("exporter");
  }

  /**
   * Allocates them once all are there for whom they are needed, and somebody who can make them.
   *
   * @throws DmaBufException what the negotiation said; ENODEV when a device leaves just now
   */
  void allocate() {
    // Each role is read once: it may be unbound between two looks.
    Importer camera = roles.capture();
    Importer screen = roles.display();
    boolean converts = settings.conversion().isPresent();
    Importer converter = converts ? roles.converter() : screen;
    unsuited = Optional.empty();
    if (camera == null || screen == null || converter == null || roles.exporters().isEmpty()) {
      return;
    }
    Optional<Buffers> first =
        allocate(settings.format(), settings.width(), settings.height(), camera, converter);
    try {
      shown = converts && first.isPresent() ? allocateShown(converter, screen) : first;
      captured = shown.isPresent() ? first : Optional.empty();
    } finally {
      if (captured.isEmpty()) {
        first.ifPresent(Buffers::close);
      }
    }
  }

  private Optional<Buffers> allocateShown(Importer converter, Importer screen) {
    return allocate(
        settings.shownFormat(), settings.shownWidth(), settings.shownHeight(), converter, screen);
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

  /** Gives them back. Idempotent. */
  @Override
  public void close() {
    captured.ifPresent(Buffers::close);
    if (!shown.equals(captured)) {
      shown.ifPresent(Buffers::close);
    }
    captured = Optional.empty();
    shown = Optional.empty();
  }
}
