package org.dmabuf.pipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Frames a second as a fraction; 0/0 stands for as fast as it goes.
 *
 * @param numerator frames, 0 or more
 * @param denominator in so many seconds, 0 or more
 */
public record Rate(int numerator, int denominator) {
  /** The highest rate that displays keep, in frames a second. */
  public static final int MOST = 1000;

  private static final Pattern FRACTION = Pattern.compile("(\\d{1,7})(?:[/:](\\d{1,7}))?");
  private static final Pattern DECIMAL = Pattern.compile("(\\d{1,5})\\.(\\d{1,3})");

  /**
   * Reads a rate.
   *
   * @param text such as {@code 30}, {@code 29.97}, {@code 30000/1001} or {@code max}; never null
   * @return the rate, never null
   * @throws DmaBufException EINVAL for anything else, for less than a thousandth of a frame and for
   *     more than {@link #MOST} frames a second
   */
  public static Rate parse(String text) {
    if (text.equals("max")) {
      return new Rate(0, 0);
    }
    Matcher decimal = DECIMAL.matcher(text);
    Matcher fraction = FRACTION.matcher(text);
    Rate rate;
    if (decimal.matches()) {
      String digits = (decimal.group(2) + "00").substring(0, 3);
      rate = new Rate(Integer.parseInt(decimal.group(1)) * 1000 + Integer.parseInt(digits), 1000);
    } else if (fraction.matches()) {
      String below = fraction.group(2) == null ? "1" : fraction.group(2);
      rate = new Rate(Integer.parseInt(fraction.group(1)), Integer.parseInt(below));
    } else {
      throw wrong(text);
    }
    if (rate.numerator == 0 || rate.denominator == 0 || rate.milliHertz() == 0) {
      throw wrong(text);
    }
    if (rate.milliHertz() > MOST * 1000) {
      throw wrong(text);
    }
    return rate;
  }

  /** Returns whether nothing paces the frames. */
  public boolean isFree() {
    return numerator == 0;
  }

  /** Returns thousandths of a frame a second; 0 for as fast as it goes. */
  public int milliHertz() {
    return isFree()
        ? 0
        : Math.toIntExact(Math.min(Integer.MAX_VALUE, numerator * 1000L / denominator));
  }

  /** Returns nanoseconds from frame to frame; 0 for as fast as it goes. */
  public long periodNanos() {
    return isFree() ? 0 : denominator * 1_000_000_000L / numerator;
  }

  /** Returns the rate as Y4M writes it; a free one as 30. */
  public String forY4m() {
    return isFree() ? "30:1" : numerator + ":" + denominator;
  }

  private static DmaBufException wrong(String text) {
    return new DmaBufException(
        Errno.EINVAL,
        "A rate of '"
            + text
            + "' was asked; up to "
            + MOST
            + " frames a second such as 30, 29.97 or 30000/1001 would work, or max");
  }
}
