package org.dmabuf.pipeline.internal;

import java.nio.file.Path;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Conversion;
import org.dmabuf.pipeline.Rate;

/** A pipeline's configuration, checked. */
record Settings(
    String name,
    PixelFormat format,
    int width,
    int height,
    Rate rate,
    int buffers,
    long frames,
    long allowed,
    OnError onError,
    boolean fenced,
    boolean live,
    Optional<Path> record,
    Optional<String> recordHeader,
    long successorTimeoutNanos,
    long stallTimeoutNanos,
    Optional<Conversion> conversion,
    Optional<Placement> placement) {
  private static final int MIN_BUFFERS = 3;
  private static final int MAX_BUFFERS = 64;

  enum OnError {
    CONTINUE,
    END
  }

  /**
   * Reads a configuration.
   *
   * @throws DmaBufException EINVAL with a sentence for anything that cannot be
   */
  static Settings of(PipelineConfig config) {
    if (config.buffers() < MIN_BUFFERS || config.buffers() > MAX_BUFFERS) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Pipeline "
              + config.name()
              + " was to have "
              + config.buffers()
              + " buffers; 3 (one is shown, one is next, one is written) to 64 would work");
    }
    Rate rate = Rate.parse(config.rate());
    // A slow pipeline is not a stalled one.
    long stall = Math.max(config.stall_timeout_ms() * 1_000_000L, 5 * rate.periodNanos());
    Optional<Conversion> conversion = conversion(config);
    return new Settings(
        config.name(),
        PixelFormat.parse(config.format()),
        config.width(),
        config.height(),
        rate,
        config.buffers(),
        config.frames() == 0 ? Long.MAX_VALUE : config.frames(),
        config.allow() == 0 ? Long.MAX_VALUE : config.allow(),
        config.on_error().equals("end") ? OnError.END : OnError.CONTINUE,
        !config.fencing().equals("none"),
        config.live(),
        config.record().isEmpty() ? Optional.empty() : Optional.of(Path.of(config.record())),
        config.record_header().isEmpty() ? Optional.empty() : Optional.of(config.record_header()),
        config.successor_timeout_ms() * 1_000_000L,
        stall,
        conversion,
        Placement.of(
            config,
            conversion.map(made -> made.widthOf(config.width())).orElse(config.width()),
            conversion.map(made -> made.heightOf(config.height())).orElse(config.height())));
  }

  private static Optional<Conversion> conversion(PipelineConfig config) {
    return config.convert().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Conversion(
                PixelFormat.parse(config.convert()),
                config.convert_width(),
                config.convert_height()));
  }

  /** The format of what is displayed. */
  PixelFormat shownFormat() {
    return conversion.map(Conversion::format).orElse(format);
  }

  /** The width of what is displayed, in pixels. */
  int shownWidth() {
    return conversion.map(made -> made.widthOf(width)).orElse(width);
  }

  /** The height of what is displayed, in pixels. */
  int shownHeight() {
    return conversion.map(made -> made.heightOf(height)).orElse(height);
  }
}
