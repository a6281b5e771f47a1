package org.dmabuf.video;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.dmabuf.format.PixelFormat;

/**
 * What is asked of a frame source. Immutable; there are methods that return changed copies.
 *
 * @param location {@code "pattern"}, or the path of a file, a folder or a named pipe; never null
 * @param format the format wanted; empty for the source's own
 * @param width in pixels; empty for the source's own. Width and height are given together or not at
 *     all
 * @param height in pixels; empty for the source's own
 * @param loop whether to begin anew at the end; not possible for a stream
 * @param live whether frames that nobody takes in time are dropped; possible for a pattern
 * @param rateNumerator frames in {@code rateDenominator} seconds, at least 1; empty for the
 *     source's own rate
 * @param rateDenominator at least 1; counts only with a numerator
 */
public record SourceRequest(
    String location,
    Optional<PixelFormat> format,
    OptionalInt width,
    OptionalInt height,
    boolean loop,
    boolean live,
    OptionalInt rateNumerator,
    int rateDenominator) {

  /** Checks that nothing is null. */
  public SourceRequest {
    Objects.requireNonNull(location, "location");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(width, "width");
    Objects.requireNonNull(height, "height");
    Objects.requireNonNull(rateNumerator, "rateNumerator");
  }

  /** Asks for a location as it is: its own format, size and rate, once. */
  public static SourceRequest of(String location) {
    return new SourceRequest(
        location,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        false,
        false,
        OptionalInt.empty(),
        1);
  }

  /** Returns a copy that asks for a format. */
  public SourceRequest withFormat(PixelFormat wanted) {
    return new SourceRequest(
        location, Optional.of(wanted), width, height, loop, live, rateNumerator, rateDenominator);
  }

  /** Returns a copy that asks for a size in pixels. */
  public SourceRequest withSize(int wantedWidth, int wantedHeight) {
    return new SourceRequest(
        location,
        format,
        OptionalInt.of(wantedWidth),
        OptionalInt.of(wantedHeight),
        loop,
        live,
        rateNumerator,
        rateDenominator);
  }

  /** Returns a copy that begins anew at the end, or not. */
  public SourceRequest withLoop(boolean wanted) {
    return new SourceRequest(
        location, format, width, height, wanted, live, rateNumerator, rateDenominator);
  }

  /** Returns a copy that is live, or not. */
  public SourceRequest withLive(boolean wanted) {
    return new SourceRequest(
        location, format, width, height, loop, wanted, rateNumerator, rateDenominator);
  }

  /** Returns a copy that asks for {@code numerator} frames in {@code denominator} seconds. */
  public SourceRequest withRate(int numerator, int denominator) {
    return new SourceRequest(
        location, format, width, height, loop, live, OptionalInt.of(numerator), denominator);
  }
}
