package org.dmabuf.demo;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.DmaBufException;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Conversion;
import org.dmabuf.pipeline.Rate;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/** What the launcher passed, checked as far as that needs no service. */
record DemoOptions(
    SourceRequest source,
    String rate,
    OptionalLong frames,
    int buffers,
    int pipelines,
    String exporter,
    Optional<String> swap,
    Optional<String> snapshot,
    Optional<String> record,
    Optional<Conversion> conversion,
    List<String> successors,
    List<String> bundles,
    Consumer<Map<String, Object>> progress,
    Optional<Consumer<Map<String, Object>>> screen) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})x(\\d{1,9})");
  private static final int MIN_BUFFERS = 3;
  private static final int MAX_BUFFERS = 64;
  private static final int MAX_PIPELINES = 8;
  private static final long DEFAULT_FRAMES = 300;

  static DemoOptions of(Map<String, Object> given) {
    SourceRequest source = SourceRequest.of(text(given, "source").orElse("pattern"));
    Optional<String> size = text(given, "size");
    if (size.isPresent()) {
      Matcher matcher = SIZE.matcher(size.get());
      if (!matcher.matches()) {
        throw new BadInput("'" + size.get() + "' is no size; WxH such as 640x480 would work.");
      }
      source =
          source.withSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
    Optional<String> format = text(given, "format");
    if (format.isPresent()) {
      source = source.withFormat(format(format.get()));
    }
    int buffers = given.get("buffers") instanceof Integer number ? number : 4;
    if (buffers < MIN_BUFFERS || buffers > MAX_BUFFERS) {
      throw new BadInput(
          "A pipeline with "
              + buffers
              + " buffers cannot be; one is shown, one is next and one is"
              + " written, so 3 to 64 would work.");
    }
    String rate = text(given, "rate").orElse("60");
    checkRate(rate);
    return new DemoOptions(
        source,
        rate,
        given.get("frames") instanceof Integer number
            ? OptionalLong.of(number)
            : OptionalLong.empty(),
        buffers,
        pipelines(given),
        text(given, "exporter").orElse("system"),
        text(given, "swap"),
        text(given, "snapshot"),
        text(given, "record"),
        text(given, "convert").map(DemoOptions::conversion),
        texts(given, "successors"),
        texts(given, "bundles"),
        consumer(given, "progress").orElse(ignored -> {}),
        consumer(given, "screen"));
  }

  private static int pipelines(Map<String, Object> given) {
    int pipelines = given.get("pipelines") instanceof Integer number ? number : 1;
    if (pipelines < 1 || pipelines > MAX_PIPELINES) {
      throw new BadInput(
          pipelines + " pipelines cannot run at once; 1 to " + MAX_PIPELINES + " would work.");
    }
    return pipelines;
  }

  /** How many frames the run has: what was asked, or what the source has; empty for a stream. */
  OptionalLong framesOf(SourceInfo info) {
    if (frames.isPresent()) {
      return frames;
    }
    boolean endless = source.location().equals("pattern");
    boolean still = info.frames().equals(OptionalLong.of(1));
    return endless || still ? OptionalLong.of(DEFAULT_FRAMES) : info.frames();
  }

  /** Whether the source has to begin anew to give so many frames. */
  boolean loops(SourceInfo info) {
    OptionalLong wanted = framesOf(info);
    return info.frames().isPresent()
        && wanted.isPresent()
        && wanted.getAsLong() > info.frames().getAsLong();
  }

  /** Y4M holds YUV only; which format it will be is known only when the source is. */
  void checkRecord(SourceInfo info) {
    PixelFormat shown = conversion.map(Conversion::format).orElse(info.format());
    boolean recordable =
        switch (shown) {
          case NV12, YUV420, YUV422, YUV444, GREY -> true;
          case YUYV, UYVY, RGB24, XRGB8888, ARGB8888, RGB565, XRGB16161616, ARGB16161616 -> false;
        };
    if (record.isPresent() && !recordable) {
      throw new BadInput(
          "Frames of "
              + shown
              + " cannot be recorded as Y4M, which holds planar YUV only; --format NV12, YU12,"
              + " YU16, YU24 or GREY would work.");
    }
  }

  private static Conversion conversion(String text) {
    try {
      return Conversion.parse(text);
    } catch (DmaBufException wrong) {
      throw new BadInput(Sentences.of(wrong));
    }
  }

  private static PixelFormat format(String text) {
    try {
      return PixelFormat.parse(text);
    } catch (DmaBufException unknown) {
      throw new BadInput(Sentences.of(unknown));
    }
  }

  private static void checkRate(String text) {
    try {
      Rate.parse(text);
    } catch (DmaBufException wrong) {
      throw new BadInput(Sentences.of(wrong));
    }
  }

  private static Optional<String> text(Map<String, Object> given, String key) {
    return given.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static List<String> texts(Map<String, Object> given, String key) {
    return given.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  @SuppressWarnings("unchecked") // agreed with the launcher: only JDK types cross
  private static Optional<Consumer<Map<String, Object>>> consumer(
      Map<String, Object> given, String key) {
    return given.get(key) instanceof Consumer<?> consumer
        ? Optional.of((Consumer<Map<String, Object>>) consumer)
        : Optional.empty();
  }
}
