package org.dmabuf.media;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.video.SourceRequest;

/** The sizes and rates that sources have. */
final class Limits {
  static final int MIN_SIDE = 16;
  static final int MAX_SIDE = 8192;
  static final int MAX_RATE = 1000;

  private Limits() {}

  static boolean sizeFits(long width, long height) {
    return width >= MIN_SIDE && width <= MAX_SIDE && height >= MIN_SIDE && height <= MAX_SIDE;
  }

  static void checkSize(String what, long width, long height) {
    if (!sizeFits(width, height)) {
      throw invalid(
          "%s has a size of %dx%d; sizes from %dx%d to %dx%d are possible"
              .formatted(what, width, height, MIN_SIDE, MIN_SIDE, MAX_SIDE, MAX_SIDE));
    }
  }

  /** Checks what does not depend on the kind of source. */
  static void check(SourceRequest request) {
    if (request.width().isPresent() != request.height().isPresent()) {
      throw invalid(
          "Source '%s' was asked for a width or a height alone; both or none are possible"
              .formatted(request.location()));
    }
    if (request.width().isPresent()) {
      checkSize(
          "The request for source '" + request.location() + "'",
          request.width().getAsInt(),
          request.height().orElseThrow());
    }
    if (request.rateNumerator().isPresent()) {
      checkRate(
          "The request for source '" + request.location() + "'",
          request.rateNumerator().getAsInt(),
          request.rateDenominator());
    }
  }

  static void checkRate(String what, long numerator, long denominator) {
    if (numerator < 1
        || denominator < 1
        || numerator > Integer.MAX_VALUE
        || denominator > Integer.MAX_VALUE
        || numerator / denominator > MAX_RATE) {
      throw invalid(
          "%s has a rate of %d/%d frames a second; more than 0 and up to %d are possible"
              .formatted(what, numerator, denominator, MAX_RATE));
    }
  }

  static DmaBufException invalid(String sentence) {
    return new DmaBufException(Errno.EINVAL, sentence);
  }
}
