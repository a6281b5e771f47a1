package org.dmabuf.pixel;

/**
 * Reads a scaled, mirrored and turned part of a picture row by row, as colours of 16 bits.
 *
 * <pre>
 *   rows of the source --scale--&gt; rows of the upright picture --mirror--&gt; rows
 *                                       |
 *                                       +-- turned by a quarter: all of them are kept as columns
 * </pre>
 *
 * <p>Keeps its rows and tables. Not safe for threads.
 */
final class Sampler {
  private static final int HALF_PIXEL = 1 << 15;

  private final RowReader reader;

  private Surface source;
  private Sampling sampling;
  private ToRgb matrix;

  /** The size of the upright picture: after scaling, before turning. */
  private int width;

  private int height;

  /** Of each column of the upright picture: that of the crop, and its right neighbour's weight. */
  private int[] columns = {};

  private int[] weights = {};

  private long[] upper = {};
  private long[] lower = {};

  /** Which row of the source each of the two holds, -1 for none. */
  private int upperRow;

  private int lowerRow;

  private long[] turned = {};
  private long[] upright = {};

  Sampler(RowReader reader) {
    this.reader = reader;
  }

  /**
   * Begins a picture.
   *
   * @param toRgb null to leave Y'CbCr as it is
   * @param columnsWanted the width of the picture that is wanted
   * @param rowsWanted its height
   */
  void begin(Surface from, Sampling how, ToRgb toRgb, int columnsWanted, int rowsWanted) {
    boolean swaps = how.orientation().swapsSides();
    int newWidth = swaps ? rowsWanted : columnsWanted;
    int newHeight = swaps ? columnsWanted : rowsWanted;
    if (!how.equals(sampling) || newWidth != width) {
      map(how, newWidth);
    }
    source = from;
    sampling = how;
    matrix = toRgb;
    width = newWidth;
    height = newHeight;
    upperRow = -1;
    lowerRow = -1;
    reader.begin();
    if (swaps) {
      turn();
    }
  }

  /** Lets go of the source, so that its memory is not kept. */
  void end() {
    source = null;
  }

  /** Reads a row of the picture. */
  void read(int y, long[] to) {
    Orientation orientation = sampling.orientation();
    if (orientation.swapsSides()) {
      int at = y * height;
      for (int x = 0; x < height; x++) {
        to[x] = turned[at + x];
      }
      return;
    }
    upright(orientation.reversesRows() ? height - 1 - y : y, to);
    if (orientation.reversesColumns()) {
      for (int left = 0, right = width - 1; left < right; left++, right--) {
        long kept = to[left];
        to[left] = to[right];
        to[right] = kept;
      }
    }
  }

  private void turn() {
    if (turned.length < width * height) {
      turned = new long[Math.multiplyExact(width, height)];
    }
    upright = RowReader.grown(upright, width);
    boolean fromBelow = sampling.orientation().reversesRows();
    boolean fromRight = sampling.orientation().reversesColumns();
    for (int v = 0; v < height; v++) {
      upright(v, upright);
      int x = fromBelow ? height - 1 - v : v;
      for (int u = 0; u < width; u++) {
        int y = fromRight ? width - 1 - u : u;
        turned[y * height + x] = upright[u];
      }
    }
  }

  /** Finds the column, and its neighbour's weight, for each column of the upright picture. */
  private void map(Sampling how, int newWidth) {
    if (columns.length < newWidth) {
      columns = new int[newWidth];
      weights = new int[newWidth];
    }
    Crop crop = how.crop();
    for (int i = 0; i < newWidth; i++) {
      long point = point(crop.x(), crop.width(), i, newWidth, how.filter());
      int first = (int) (point >> 16);
      columns[i] = Math.clamp(first, crop.firstColumn(), crop.lastColumn()) - crop.firstColumn();
      boolean inside = first >= crop.firstColumn() && first < crop.lastColumn();
      weights[i] = inside ? (int) (point >> 8) & 0xff : 0;
    }
  }

  /** The middle of pixel {@code i} of {@code n}; for BILINEAR from the middle of pixel 0. */
  private static long point(long from, long size, int i, int n, Filter filter) {
    long point = from + Math.floorDiv((2L * i + 1) * size, 2L * n);
    return filter == Filter.BILINEAR ? point - HALF_PIXEL : point;
  }

  private void upright(int v, long[] to) {
    Crop crop = sampling.crop();
    long point = point(crop.y(), crop.height(), v, height, sampling.filter());
    int first = (int) (point >> 16);
    int row = Math.clamp(first, crop.firstRow(), crop.lastRow());
    if (sampling.filter() == Filter.NEAREST) {
      load(row);
      for (int i = 0; i < width; i++) {
        to[i] = upper[columns[i]];
      }
    } else if (first >= crop.firstRow() && first < crop.lastRow()) {
      load(row, row + 1);
      mix(lower, (int) (point >> 8) & 0xff, to);
    } else {
      load(row);
      mix(upper, 0, to);
    }
  }

  private void mix(long[] under, int below, long[] to) {
    long[] over = upper;
    int last = sampling.crop().lastColumn() - sampling.crop().firstColumn();
    for (int i = 0; i < width; i++) {
      int left = columns[i];
      int right = Math.min(left + 1, last);
      to[i] = Wide.mix(over[left], over[right], under[left], under[right], weights[i], below);
    }
  }

  /** Makes two rows of the source available; one that is there is not read again. */
  private void load(int first, int second) {
    if (upperRow == second) {
      exchange();
    }
    load(first);
    if (lowerRow != second) {
      lower = fill(second, lower);
      lowerRow = second;
    }
  }

  private void load(int first) {
    if (lowerRow == first && upperRow != first) {
      exchange();
    }
    if (upperRow != first) {
      upper = fill(first, upper);
      upperRow = first;
    }
  }

  private void exchange() {
    long[] kept = upper;
    upper = lower;
    lower = kept;
    int row = upperRow;
    upperRow = lowerRow;
    lowerRow = row;
  }

  private long[] fill(int row, long[] to) {
    int first = sampling.crop().firstColumn();
    int count = sampling.crop().lastColumn() - first + 1;
    long[] room = RowReader.grown(to, count);
    reader.readWide(source, row, first, count, matrix, room, 0);
    return room;
  }
}
