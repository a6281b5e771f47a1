package org.dmabuf.display;

/**
 * What a CRTC shows and how often. Checked when it is set.
 *
 * <p>Kernel counterpart: {@code struct drm_mode_modeinfo}.
 *
 * @param width visible pixels in a row
 * @param height visible rows
 * @param refreshMilliHz vblanks in 1000 seconds, 1 to {@link #MAX_REFRESH_MILLI_HZ}
 */
public record Mode(int width, int height, int refreshMilliHz) {
  /** The greatest refresh rate: 1000 Hz. */
  public static final int MAX_REFRESH_MILLI_HZ = 1_000_000;

  @Override
  public String toString() {
    return "%dx%d %d.%03d Hz"
        .formatted(width, height, refreshMilliHz / 1000, refreshMilliHz % 1000);
  }
}
