package org.dmabuf.display.kms;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.format.PixelFormat;

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
 * @param formats what planes show and writebacks write, at least one, never null
 * @param minSide the least width and height of a framebuffer or a mode, 1 or more
 * @param maxSide the greatest width and height, at most {@link
 *     org.dmabuf.format.FrameLayout#MAX_SIDE}
 * @param screens what can be looked at, at least one, never null
 * @param features what it can do beside showing planes as they are, never null
 */
public record KmsInfo(
    String name,
    List<PixelFormat> formats,
    int minSide,
    int maxSide,
    List<Screen> screens,
    Set<Feature> features) {

  /** What a display may be able to do. */
  public enum Feature {
    /** A plane's source and destination may be of different sizes. */
    SCALING,
    /** A screen and a writeback may be fed by one CRTC at once. */
    CLONING
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
   * @throws DmaBufException EINVAL for an empty name, no format, no screen, limits out of order, or
   *     a mode beyond them
   */
  public KmsInfo {
    Objects.requireNonNull(name, "name");
    formats = List.copyOf(formats);
    screens = List.copyOf(screens);
    features = Set.copyOf(features);
    if (name.isEmpty()
        || formats.isEmpty()
        || screens.isEmpty()
        || minSide < 1
        || maxSide < minSide
        || maxSide > org.dmabuf.format.FrameLayout.MAX_SIDE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display '%s' with formats %s, %d screens and sides from %d to %d; it needs a name, a"
                  .formatted(name, formats, screens.size(), minSide, maxSide)
              + " format, a screen, and limits in order from 1 to "
              + org.dmabuf.format.FrameLayout.MAX_SIDE);
    }
    for (Screen screen : screens) {
      for (Mode mode : screen.modes()) {
        if (!isWithin(mode, minSide, maxSide)) {
          throw new DmaBufException(
              Errno.EINVAL,
              "Display '%s' with mode %s; sides from %d to %d at up to %d Hz would work"
                  .formatted(name, mode, minSide, maxSide, Mode.MAX_REFRESH_MILLI_HZ / 1000));
        }
      }
    }
  }

  /** Returns whether a framebuffer may be of a size. */
  boolean takes(long width, long height) {
    return width >= minSide && width <= maxSide && height >= minSide && height <= maxSide;
  }

  /** Returns whether a mode may be set. */
  boolean takes(Mode mode) {
    return isWithin(mode, minSide, maxSide);
  }

  private static boolean isWithin(Mode mode, int min, int max) {
    return mode.width() >= min
        && mode.width() <= max
        && mode.height() >= min
        && mode.height() <= max
        && mode.refreshMilliHz() >= 1
        && mode.refreshMilliHz() <= Mode.MAX_REFRESH_MILLI_HZ;
  }
}
