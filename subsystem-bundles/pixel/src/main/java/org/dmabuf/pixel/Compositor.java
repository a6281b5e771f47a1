package org.dmabuf.pixel;

import java.util.ArrayList;
import java.util.Arrays;
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
 * <p>Layers are converted to RGB as {@link PixelConverter} does it, and laid over what is below
 * them as {@link BlendMode} says, in 16 bits for each colour. Rows are handed out in 8 bits ({@code
 * round(v / 257)}), to a surface of 16 bits in 16.
 *
 * <p>Keeps its rows and tables from frame to frame, so that a frame with layers of the same shapes
 * allocates nothing. Not safe for threads: one for each display.
 */
public final class Compositor {
  private static final int OPAQUE = 0xff00_0000;

  private final RowReader reader;
  private final RowWriter writer;
  private final List<LayerRows> drawn = new ArrayList<>();
  private int[] narrow = {};
  private long[] wide = {};
  private ColorSpace space;
  private FromRgb fromRgb;

  /** Makes a compositor that uses what this JVM was started with. */
  public Compositor() {
    this(Acceleration.chosen());
  }

  /**
   * Makes a compositor.
   *
   * @param acceleration never null
   * @throws DmaBufException EOPNOTSUPP when it is not there
   */
  public Compositor(Acceleration acceleration) {
    RowMath math = Accelerations.math(Objects.requireNonNull(acceleration, "acceleration"));
    this.reader = new RowReader(math);
    this.writer = new RowWriter(math);
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
    Region.check(0, 0, width, height);
    try {
      boolean simple = begin(layers, width);
      for (int y = 0; y < height; y++) {
        if (simple) {
          draw(layers.size(), y, background, width, narrow);
        } else {
          draw(layers.size(), y, background, width, wide);
          Wide.narrow(wide, 0, narrow, 0, width);
        }
        sink.row(y, narrow, width);
      }
    } finally {
      end();
    }
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
    destination.checkWritable();
    int width = destination.width();
    FromRgb matrix = destination.isYuv() ? matrix(destination.colorSpace()) : null;
    writer.begin(true);
    try {
      boolean simple = begin(layers, width);
      for (int y = 0; y < destination.height(); y++) {
        if (simple) {
          draw(layers.size(), y, background, width, narrow);
          writer.write(destination, y, 0, width, matrix, narrow, 0);
        } else {
          draw(layers.size(), y, background, width, wide);
          writer.writeWide(destination, y, 0, width, matrix, wide, 0);
        }
      }
    } finally {
      end();
    }
  }

  /** Prepares the layers; tells whether 8 bits are enough for all of them. */
  private boolean begin(List<Layer> layers, int width) {
    if (narrow.length < width) {
      narrow = new int[width];
    }
    reader.begin();
    boolean simple = true;
    for (int i = 0; i < layers.size(); i++) {
      if (i == drawn.size()) {
        drawn.add(new LayerRows(reader));
      }
      drawn.get(i).begin(layers.get(i), width);
      simple &= drawn.get(i).isSimple();
    }
    if (!simple) {
      wide = RowReader.grown(wide, width);
    }
    return simple;
  }

  private void draw(int layers, int y, int background, int width, int[] row) {
    Arrays.fill(row, 0, width, OPAQUE | background);
    for (int i = 0; i < layers; i++) {
      drawn.get(i).draw(y, row);
    }
    // a simple layer may have an alpha that means nothing
    for (int x = 0; x < width; x++) {
      row[x] |= OPAQUE;
    }
  }

  private void draw(int layers, int y, int background, int width, long[] row) {
    Arrays.fill(row, 0, width, Wide.of(OPAQUE | background));
    for (int i = 0; i < layers; i++) {
      drawn.get(i).draw(y, row);
    }
  }

  private void end() {
    for (int i = 0; i < drawn.size(); i++) {
      drawn.get(i).end();
    }
  }

  private FromRgb matrix(ColorSpace wanted) {
    if (!wanted.equals(space)) {
      space = wanted;
      fromRgb = FromRgb.of(wanted);
    }
    return fromRgb;
  }
}
