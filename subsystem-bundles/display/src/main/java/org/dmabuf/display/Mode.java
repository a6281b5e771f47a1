package org.dmabuf.display;

/**
 * What a CRTC shows and how often. Checked when it is set.
 *
 * <p>Kernel counterpart: {@code struct drm_mode_modeinfo}.
 *
 * @param width visible pixels in a row
 * @param height visible rows
 * @param refreshMilliHz vblanks in 1000 seconds, up to {@link #MAX_REFRESH_MILLI_HZ}; 0 for a clock
 *     that runs free: a flip happens as soon as its fences are done
 */
public record Mode(int width, int height, int refreshMilliHz) {
  /** The greatest refresh rate: 1000 Hz. */
  public static final int MAX_REFRESH_MILLI_HZ = 1_000_000;

  @Override
  public String toString() {
    String rate =
        refreshMilliHz == 0
            ? "free-running"
            : "%d.%03d Hz".formatted(refreshMilliHz / 1000, refreshMilliHz % 1000);
    return width + "x" + height + " " + rate;
  }
}
