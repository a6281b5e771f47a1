package org.dmabuf.pixel;

import java.util.Objects;
import org.dmabuf.DmaBufException;

/**
 * Makes one picture of another: any format of any, with crop, orientation and scaling.
 *
 * <pre>
 *   source row --load--&gt; colours --matrix--&gt; --scale--&gt; --matrix--&gt; --store--&gt; destination row
 * </pre>
 *
 * <p>What the steps calculate, each rounding once, half up:
 *
 * <ul>
 *   <li>Colours have 16 bits. {@code v} of 8 bits is {@code v * 257}; for a matrix and for a
 *       destination of 8 bits, {@code v} of 16 becomes {@code round(v / 257)}, so that what is not
 *       scaled comes back unchanged. Five and six bits are widened to 8 by repeating the highest
 *       ones, and narrowed by cutting the lowest ones off.
 *   <li>Chroma that pixels share belongs to each of them unchanged when it is read. Written, it is
 *       the mean of those that share it: {@code (sum + n / 2) / n}.
 *   <li>From Y'CbCr to Y'CbCr of the same colour space there is no matrix, and samples keep their
 *       values. GREY has chroma 128.
 *   <li>Otherwise there is a matrix on the way to RGB and one from it: the coefficients are those
 *       of {@link ColorEncoding} and {@link ColorRange} in 1/65536, rounded half up; the result of
 *       a sum of products plus 1/2 is cut to an integer and to 0 to 255.
 *   <li>Scaling follows {@link Filter}, in RGB if there is a matrix, otherwise in the samples.
 *   <li>Alpha is kept where both have it (and scaled like a colour); otherwise it is opaque, and x
 *       is written as opaque, too.
 * </ul>
 *
 * <p>What is read and written is counted by the surfaces' views. Keeps its rows and tables from
 * frame to frame, so that a frame of the same shape allocates nothing. Not safe for threads: one
 * for each context. The two pictures must not share memory.
 */
public final class PixelConverter {
  private final Acceleration acceleration;
  private final RowMath math;
  private final LentRows lent = new LentRows();
  private final RowReader reader;
  private final RowWriter writer;
  private final Sampler sampler;

  private ColorSpace from;
  private ColorSpace to;
  private ToRgb toRgb;
  private FromRgb fromRgb;

  /** Of the last picture that was converted whole. */
  private Sampling whole;

  private Region wholePlace;

  private int[] narrow = {};
  private long[] row = {};

  /** Makes a converter that uses what this JVM was started with. */
  public PixelConverter() {
    this(Acceleration.chosen());
  }

  /**
   * Makes a converter.
   *
   * @param acceleration never null
   * @throws DmaBufException EOPNOTSUPP when it is not there
   */
  public PixelConverter(Acceleration acceleration) {
    this.acceleration = Objects.requireNonNull(acceleration, "acceleration");
    this.math = Accelerations.math(acceleration);
    this.reader = new RowReader(math);
    this.writer = new RowWriter(math);
    this.sampler = new Sampler(reader);
  }

  /** Returns by what it calculates, never null. */
  public Acceleration acceleration() {
    return acceleration;
  }

  /**
   * Converts a whole picture; scaled by the nearest pixel when the sizes differ.
   *
   * @param source never null
   * @param destination never null
   * @throws DmaBufException EACCES when the destination's memory cannot be written
   */
  public void convert(Surface source, Surface destination) {
    if (whole == null || !whole.isPlain(source.width(), source.height())) {
      whole = Sampling.whole(source);
    }
    if (wholePlace == null
        || wholePlace.width() != destination.width()
        || wholePlace.height() != destination.height()) {
      wholePlace = Region.of(destination);
    }
    convert(source, whole, destination, wholePlace);
  }

  /**
   * Converts a part of a picture into a part of another.
   *
   * @param source never null
   * @param sampling which part of it, and how it lies in the destination; never null
   * @param destination never null
   * @param place where in the destination, never null; the rest of the destination stays as it is
   * @throws DmaBufException ENOSPC when the crop reaches beyond the source or the place beyond the
   *     destination; EINVAL when the place begins at an odd column or row of a format whose chroma
   *     is shared there, or ends at one before the picture does; EACCES when the destination's
   *     memory cannot be written
   */
  public void convert(Surface source, Sampling sampling, Surface destination, Region place) {
    source.check(sampling.crop());
    destination.check(place);
    destination.checkWritable();
    boolean matrix = !source.isLike(destination);
    if (matrix) {
      tables(source.colorSpace(), destination.colorSpace());
    }
    ToRgb in = matrix && source.isYuv() ? toRgb : null;
    FromRgb out = matrix && destination.isYuv() ? fromRgb : null;
    writer.begin(!source.hasAlpha());
    boolean wide = source.isWide() && destination.isWide();
    if (sampling.isPlain(place.width(), place.height()) && !wide) {
      copy(source, sampling.crop(), in, destination, place, out);
    } else {
      sample(source, sampling, in, destination, place, out);
    }
  }

  private void copy(
      Surface source, Crop crop, ToRgb in, Surface destination, Region place, FromRgb out) {
    if (narrow.length < place.width()) {
      narrow = new int[place.width()];
    }
    reader.begin();
    if (math instanceof MemoryRows rows && LentRows.areFor(source, crop, destination, place)) {
      copyLent(rows, source, crop, in, destination, place);
      return;
    }
    for (int y = 0; y < place.height(); y++) {
      copyPart(source, crop, in, destination, place, out, 0, y, place.width());
    }
  }

  /** Goes on by rows, or by columns of one in which a segment of memory ends. */
  private void copyLent(
      MemoryRows math, Surface source, Crop crop, ToRgb in, Surface destination, Region place) {
    lent.begin(source, crop, destination, place);
    try {
      int x = 0;
      int y = 0;
      while (y < place.height()) {
        int columns = 2;
        int rows = 1;
        if (lent.borrow(x, y)) {
          math.nv12RowsToRgb(lent, in);
          columns = lent.columns();
          rows = lent.rows();
        } else {
          copyPart(source, crop, in, destination, place, null, x, y, columns);
        }
        x += columns;
        if (x == place.width()) {
          x = 0;
          y += rows;
        }
      }
    } finally {
      lent.giveBack();
    }
  }

  /** Converts columns of a row of the place, wherever its bytes lie. */
  private void copyPart(
      Surface source,
      Crop crop,
      ToRgb in,
      Surface destination,
      Region place,
      FromRgb out,
      int x,
      int y,
      int columns) {
    int column = crop.firstColumn() + x;
    reader.read(source, crop.firstRow() + y, column, columns, in, narrow, 0);
    writer.write(destination, place.y() + y, place.x() + x, columns, out, narrow, 0);
  }

  private void sample(
      Surface source, Sampling sampling, ToRgb in, Surface destination, Region place, FromRgb out) {
    row = RowReader.grown(row, place.width());
    try {
      sampler.begin(source, sampling, in, place.width(), place.height());
      for (int y = 0; y < place.height(); y++) {
        sampler.read(y, row);
        writer.writeWide(destination, place.y() + y, place.x(), place.width(), out, row, 0);
      }
    } finally {
      sampler.end();
    }
  }

  private void tables(ColorSpace source, ColorSpace destination) {
    if (!source.equals(from)) {
      from = source;
      toRgb = ToRgb.of(source);
    }
    if (!destination.equals(to)) {
      to = destination;
      fromRgb = FromRgb.of(destination);
    }
  }
}
