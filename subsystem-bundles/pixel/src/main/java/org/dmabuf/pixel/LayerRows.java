package org.dmabuf.pixel;

/**
 * Draws one layer of a screen, row by row. Kept by the {@link Compositor} from frame to frame, for
 * its tables and its buffer.
 */
final class LayerRows {
  private final RowReader reader;
  private final Sampler sampler;
  private Layer layer;
  private ColorSpace space;
  private ToRgb table;
  private ToRgb matrix;
  private boolean plain;

  /** What is seen: the first column of the layer, the first on the screen, and how many. */
  private int first;

  private int left;
  private int count;

  private long[] row = {};

  LayerRows(RowReader reader) {
    this.reader = reader;
    this.sampler = new Sampler(reader);
  }

  /** Begins a picture of a screen that is so wide. */
  void begin(Layer next, int screenWidth) {
    layer = next;
    Surface surface = next.surface();
    if (surface.isYuv() && !surface.colorSpace().equals(space)) {
      space = surface.colorSpace();
      table = ToRgb.of(space);
    }
    matrix = surface.isYuv() ? table : null;
    Region place = next.place();
    left = Math.max(place.x(), 0);
    first = left - place.x();
    count = Math.min(place.x() + place.width(), screenWidth) - left;
    plain = next.sampling().isPlain(place.width(), place.height());
    if (!plain && count > 0) {
      sampler.begin(surface, next.sampling(), matrix, place.width(), place.height());
    }
  }

  /** Tells whether it hides what is below it, and can be drawn in 8 bits with the same result. */
  boolean isSimple() {
    return isOpaque() && plain && !layer.surface().isWide();
  }

  private boolean isOpaque() {
    return layer.alpha() == Layer.OPAQUE
        && (layer.blendMode() == BlendMode.NONE || !layer.surface().hasAlpha());
  }

  /** Draws its part of a row of the screen in 8 bits; only if it is simple. */
  void draw(int screenRow, int[] screen) {
    int y = screenRow - layer.place().y();
    if (isSeen(y)) {
      reader.read(layer.surface(), row(y), column(), count, matrix, screen, left);
    }
  }

  /** Draws its part of a row of the screen in 16 bits. */
  void draw(int screenRow, long[] screen) {
    int y = screenRow - layer.place().y();
    if (!isSeen(y)) {
      return;
    }
    int from = 0;
    if (plain) {
      row = RowReader.grown(row, count);
      reader.readWide(layer.surface(), row(y), column(), count, matrix, row, 0);
    } else {
      row = RowReader.grown(row, layer.place().width());
      sampler.read(y, row);
      from = first;
    }
    Blending.row(screen, left, row, from, count, layer.alpha(), layer.blendMode());
  }

  private boolean isSeen(int y) {
    return y >= 0 && y < layer.place().height() && count > 0;
  }

  private int row(int y) {
    return layer.sampling().crop().firstRow() + y;
  }

  private int column() {
    return layer.sampling().crop().firstColumn() + first;
  }

  /** Lets go of the layer, so that its memory is not kept. */
  void end() {
    layer = null;
    sampler.end();
  }
}
