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
 *   <li>Colours have 8 bits. Only from one format of 16 bits to another they have 16; elsewhere
 *       {@code v} of 16 bits becomes {@code round(v / 257)}, and {@code v} of 8 bits {@code v *
 *       257}. Five and six bits are widened by repeating the highest ones, and narrowed by cutting
 *       the lowest ones off.
 *   <li>Chroma that pixels share belongs to each of them unchanged when it is read. Written, it is
 *       the mean of those that share it: {@code (sum + n / 2) / n}.
 *   <li>From Y'CbCr to Y'CbCr of the same colour space there is no matrix, and samples keep their
 *       values. GREY has chroma 128.
 *   <li>Otherwise there is a matrix on the way to RGB and one from it: the coefficients are those
 *       of {@link ColorEncoding} and {@link ColorRange} in 1/65536, rounded half up; the result of a
 *       sum of products plus 1/2 is cut to an integer and to 0 to 255.
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

  /** Makes a converter that uses what this JVM was started with. */
  public PixelConverter() {
    this(Acceleration.SCALAR);
  }

  /**
   * Makes a converter.
   *
   * @param acceleration never null
   * @throws DmaBufException EOPNOTSUPP when it is not there
   */
  public PixelConverter(Acceleration acceleration) {
    this.acceleration = Objects.requireNonNull(acceleration, "acceleration");
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
    convert(source, Sampling.whole(source), destination, Region.of(destination));
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
    throw new UnsupportedOperationException(source + " " + sampling + destination + place);
  }
}
