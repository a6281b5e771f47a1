package org.dmabuf.pixel;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;

/**
 * Lays layers over a background, row by row: what the scan-out of a display does.
 *
 * <pre>
 *   background -&gt; layer 0 -&gt; layer 1 -&gt; ... -&gt; a row of the screen
 * </pre>
 *
 * <p>Layers are converted to RGB as {@link PixelConverter} does it, and laid over what is below them
 * as {@link BlendMode} says, in 16 bits for each colour. Rows are handed out in 8 bits ({@code
 * round(v / 257)}), to a surface of 16 bits in 16.
 *
 * <p>Keeps its rows and tables from frame to frame, so that a frame with layers of the same shapes
 * allocates nothing. Not safe for threads: one for each display.
 */
public final class Compositor {
  private final Acceleration acceleration;

  /** Makes a compositor that uses what this JVM was started with. */
  public Compositor() {
    this(Acceleration.SCALAR);
  }

  /**
   * Makes a compositor.
   *
   * @param acceleration never null
   * @throws DmaBufException EOPNOTSUPP when it is not there
   */
  public Compositor(Acceleration acceleration) {
    this.acceleration = Objects.requireNonNull(acceleration, "acceleration");
  }

  /**
   * Composes.
   *
   * @param layers from the lowest to the highest (the caller orders them by z-position), never
   *     null; none for the background alone
   * @param background {@code 0xRRGGBB}
   * @param width of the screen in pixels, 1 to 65535
   * @param height of the screen in rows, 1 to 65535
   * @param sink gets each row, never null; what it throws ends the picture and goes to the caller
   */
  public void compose(List<Layer> layers, int background, int width, int height, RowSink sink) {
    throw new UnsupportedOperationException(
        layers + " " + background + width + height + sink + acceleration);
  }

  /**
   * Composes into a picture of any format, such as that of a writeback connector, whose size is the
   * screen's; alpha is opaque.
   *
   * @param layers as above
   * @param background as above
   * @param destination never null
   * @throws DmaBufException EACCES when the destination's memory cannot be written
   */
  public void compose(List<Layer> layers, int background, Surface destination) {
    throw new UnsupportedOperationException(layers + " " + background + destination);
  }
}
