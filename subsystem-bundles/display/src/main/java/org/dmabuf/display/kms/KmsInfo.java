package org.dmabuf.display.kms;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.SizeLimits;

/**
 * What a driver says of its display. Plain data.
 *
 * <pre>
 *   for each screen:   crtc --- primary, overlays ..., cursor if any
 *                       +--- connector of its modes
 *                       +--- writeback connector if any
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct drm_mode_config}.
 *
 * @param name the device's name, never null or empty
 * @param maker whose it is, never null
 * @param formats what planes show and writebacks write, at least one, never null
 * @param pitchAlign what the pitch of every plane must be a multiple of, in bytes; a power of two
 *     from 1 to {@link FrameLayout#MAX_PITCH_ALIGN}
 * @param sizes of framebuffers and modes, at most {@link FrameLayout#MAX_SIDE} on each side, never
 *     null
 * @param screens what can be looked at, at least one, never null
 * @param features what it can do beside showing planes as they are, never null
 */
public record KmsInfo(
    String name,
    Maker maker,
    List<PixelFormat> formats,
    int pitchAlign,
    SizeLimits sizes,
    List<Screen> screens,
    Set<Feature> features) {

  /**
   * Whose a display is.
   *
   * @param driver the symbolic name of the driver's bundle, never null
   * @param version that bundle's, never null
   */
  public record Maker(String driver, String version) {
    /** Nobody in particular. */
    public static final Maker UNKNOWN = new Maker("", "");

    /** Checks that no field is null. */
    public Maker {
      Objects.requireNonNull(driver, "driver");
      Objects.requireNonNull(version, "version");
    }
  }

  /** What a display may be able to do. */
  public enum Feature {
    /** A plane's source and destination may be of different sizes. */
    SCALING,
    /** A screen and a writeback may be fed by one CRTC at once. */
    CLONING,
    /** A flip may come at once, without a vblank. */
    ASYNC_FLIP
  }

  /**
   * One screen with what drives it.
   *
   * @param modes what it prefers, the best first, at least one, never null
   * @param overlays planes between the primary one and the cursor, 0 or more
   * @param cursor whether it has a cursor plane
   * @param writeback whether its picture can be written into a buffer
   */
  public record Screen(List<Mode> modes, int overlays, boolean cursor, boolean writeback) {
    /**
     * Checks the numbers.
     *
     * @throws DmaBufException EINVAL without a mode, or for a negative number of overlays
     */
    public Screen {
      modes = List.copyOf(modes);
      if (modes.isEmpty() || overlays < 0) {
        throw new DmaBufException(
            Errno.EINVAL,
            "A screen with modes "
                + modes
                + " and "
                + overlays
                + " overlays; one mode or more, and 0 overlays or more would work");
      }
    }
  }

  /**
   * Checks names, sizes and modes.
   *
   * @throws DmaBufException EINVAL for an empty name, no format, no screen, a number out of its
   *     range, or a mode beyond the limits
   */
  public KmsInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(maker, "maker");
    Objects.requireNonNull(sizes, "sizes");
    formats = List.copyOf(formats);
    screens = List.copyOf(screens);
    features = Set.copyOf(features);
    if (name.isEmpty()
        || formats.isEmpty()
        || screens.isEmpty()
        || sizes.maxWidth() > FrameLayout.MAX_SIDE
        || sizes.maxHeight() > FrameLayout.MAX_SIDE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display '%s' with formats %s, %d screens and %s; it needs a name, a format, a screen, and"
                  .formatted(name, formats, screens.size(), sizes)
              + " sizes up to "
              + FrameLayout.MAX_SIDE);
    }
    if (pitchAlign < 1
        || pitchAlign > FrameLayout.MAX_PITCH_ALIGN
        || Integer.bitCount(pitchAlign) != 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display %s aligns pitches to %d bytes; a power of two from 1 to %d would work"
              .formatted(name, pitchAlign, FrameLayout.MAX_PITCH_ALIGN));
    }
    for (Screen screen : screens) {
      for (Mode mode : screen.modes()) {
        if (!isWithin(mode, sizes)) {
          throw new DmaBufException(
              Errno.EINVAL,
              "Display '%s' with mode %s; %s at up to %d Hz would work"
                  .formatted(name, mode, limits(sizes), Mode.MAX_REFRESH_MILLI_HZ / 1000));
        }
      }
    }
  }

  /**
   * Whose sides have the same limits, and whose pitches need no alignment.
   *
   * @throws DmaBufException as that of all
   */
  public KmsInfo(
      String name,
      List<PixelFormat> formats,
      int minSide,
      int maxSide,
      List<Screen> screens,
      Set<Feature> features) {
    this(
        name,
        Maker.UNKNOWN,
        formats,
        1,
        SizeLimits.ofFrames(minSide, minSide, maxSide, maxSide),
        screens,
        features);
  }

  /** Returns what a buffer must be like for such a display, never null. */
  public ImporterNeeds needs() {
    return ImporterNeeds.of(DmaDevice.named(name))
        .withDriver(maker.driver())
        .withPixels(FormatTable.linear(formats), pitchAlign, sizes);
  }

  /** Returns whether a framebuffer may be of a size. */
  boolean takes(long width, long height) {
    return isWithin(width, height, sizes);
  }

  /** Returns whether a mode may be set. */
  boolean takes(Mode mode) {
    return isWithin(mode, sizes);
  }

  /** Says which sizes would work. */
  String limits() {
    return limits(sizes);
  }

  private static String limits(SizeLimits sizes) {
    return "sizes from %dx%d to %dx%d"
        .formatted(sizes.minWidth(), sizes.minHeight(), sizes.maxWidth(), sizes.maxHeight());
  }

  private static boolean isWithin(long width, long height, SizeLimits sizes) {
    return width >= sizes.minWidth()
        && width <= sizes.maxWidth()
        && height >= sizes.minHeight()
        && height <= sizes.maxHeight();
  }

  private static boolean isWithin(Mode mode, SizeLimits sizes) {
    return isWithin(mode.width(), mode.height(), sizes)
        && mode.refreshMilliHz() >= 1
        && mode.refreshMilliHz() <= Mode.MAX_REFRESH_MILLI_HZ;
  }
}
