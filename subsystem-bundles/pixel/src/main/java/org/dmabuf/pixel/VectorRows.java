package org.dmabuf.pixel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API: as many pixels at once as the processor has lanes; what is left at the end of a
 * row is ordinary code. Not loaded unless the module is there and the switch is on.
 */
final class VectorRows implements MemoryRows {
  private static final int OPAQUE = 0xff00_0000;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);

  /** What the processor likes, of four lanes or more. */
  private static final VectorSpecies<Integer> INTS =
      IntVector.SPECIES_PREFERRED.length() < 4
          ? IntVector.SPECIES_128
          : IntVector.SPECIES_PREFERRED;

  private static final int LANES = INTS.length();

  /** Integers of four bytes each, as many bytes as there are lanes, or the fewest there can be. */
  private static final VectorSpecies<Integer> WORDS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(Math.max(64, Byte.SIZE * LANES)));

  /** As many bytes as there are lanes, or the fewest there can be. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, WORDS.vectorShape());

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort PAIR =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** 0 0 2 2 4 4 ...: U of each pair for both of its pixels. */
  private static final VectorShuffle<Integer> FIRSTS =
      VectorShuffle.fromOp(INTS, lane -> lane & ~1);

  /** 1 1 3 3 5 5 ...: V of each pair. */
  private static final VectorShuffle<Integer> SECONDS =
      VectorShuffle.fromOp(INTS, lane -> lane | 1);

  /** 1 0 3 2 5 4 ...: V for U, and U for V. */
  private static final VectorShuffle<Integer> OTHERS = VectorShuffle.fromOp(INTS, lane -> lane ^ 1);

  /** The lanes of V. */
  private static final VectorMask<Integer> OF_V = VectorMask.fromLong(INTS, 0xaaaa_aaaa_aaaa_aaaaL);

  private final ScalarRows rest = new ScalarRows();

  @Override
  public void toRgb(int[] row, int at, int count, ToRgb matrix) {
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      IntVector p = IntVector.fromArray(INTS, row, at + done);
      IntVector y = p.lanewise(VectorOperators.LSHR, 16).and(0xff);
      IntVector u = p.lanewise(VectorOperators.LSHR, 8).and(0xff);
      IntVector v = p.and(0xff);
      IntVector alpha = p.and(OPAQUE);
      rgb(y, u, v, alpha, matrix).intoArray(row, at + done);
    }
    rest.toRgb(row, at + done, count - done, matrix);
  }

  @Override
  public void fromRgb(int[] row, int at, int count, FromRgb m) {
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      IntVector p = IntVector.fromArray(INTS, row, at + done);
      IntVector r = p.lanewise(VectorOperators.LSHR, 16).and(0xff);
      IntVector g = p.lanewise(VectorOperators.LSHR, 8).and(0xff);
      IntVector b = p.and(0xff);
      IntVector y = r.mul(m.yRed()).add(g.mul(m.yGreen())).add(b.mul(m.yBlue()));
      IntVector u = b.mul(m.half()).sub(r.mul(m.uRed())).sub(g.mul(m.uGreen()));
      IntVector v = r.mul(m.half()).sub(g.mul(m.vGreen())).sub(b.mul(m.vBlue()));
      int none = (128 << ToRgb.BITS) + ROUND;
      sample(y.add((m.black() << ToRgb.BITS) + ROUND))
          .lanewise(VectorOperators.LSHL, 16)
          .or(sample(u.add(none)).lanewise(VectorOperators.LSHL, 8))
          .or(sample(v.add(none)))
          .or(p.and(OPAQUE))
          .intoArray(row, at + done);
    }
    rest.fromRgb(row, at + done, count - done, m);
  }

  @Override
  public void nv12ToRgb(int[] luma, int[] chroma, int count, ToRgb matrix, int[] row, int at) {
    IntVector alpha = IntVector.broadcast(INTS, OPAQUE);
    int done = 0;
    int last = Math.min(count - LANES, 4 * (Math.min(luma.length, chroma.length) - WORDS.length()));
    for (; done <= last; done += LANES) {
      IntVector y = bytes(luma, done / 4);
      IntVector uv = bytes(chroma, done / 4);
      IntVector u = uv.rearrange(FIRSTS);
      IntVector v = uv.rearrange(SECONDS);
      rgb(y, u, v, alpha, matrix).intoArray(row, at + done);
    }
    for (; done < count; done += 4) {
      ScalarRows.unpack(luma[done / 4], chroma[done / 4], row, at + done);
      rest.toRgb(row, at + done, 4, matrix);
    }
  }

  @Override
  public void nv12RowsToRgb(LentRows rows, ToRgb matrix) {
    // not two rows in one loop: it would be too large for the compiler to keep its vectors in
    // registers
    for (int i = 0; i < rows.rows(); i++) {
      nv12RowToRgb(rows, i, rows.columns(), matrix);
    }
  }

  private static void nv12RowToRgb(LentRows rows, int index, int count, ToRgb matrix) {
    // Slices made here, so that the compiler knows their class and how long they are: it takes all
    // checks out of the loop, and does not even make them.
    MemorySegment luma = rows.luma().segment().asSlice(rows.luma().at(index), count);
    MemorySegment chroma =
        rows.chroma().segment().asSlice(rows.chroma().at(rows.chromaRow(index)), count);
    MemorySegment to = rows.pixels().segment().asSlice(rows.pixels().at(index), 4L * count);
    IntVector ofLuma = IntVector.broadcast(INTS, matrix.luma());
    IntVector black = IntVector.broadcast(INTS, ROUND - matrix.luma() * matrix.black());
    IntVector redAndBlue = IntVector.broadcast(INTS, matrix.uBlue()).blend(matrix.vRed(), OF_V);
    IntVector green = IntVector.broadcast(INTS, matrix.uGreen()).blend(matrix.vGreen(), OF_V);
    IntVector alpha = IntVector.broadcast(INTS, OPAQUE);
    int done = 0;
    for (; done <= count - BYTES.length(); done += LANES) {
      IntVector uv = bytes(chroma, done).sub(128);
      IntVector br = uv.mul(redAndBlue);
      IntVector g = uv.mul(green);
      IntVector y = bytes(luma, done).mul(ofLuma).add(black);
      rgb(
              y.add(br.rearrange(SECONDS)),
              y.sub(g.add(g.rearrange(OTHERS))),
              y.add(br.rearrange(FIRSTS)),
              alpha)
          .intoMemorySegment(to, 4L * done, ByteOrder.LITTLE_ENDIAN);
    }
    for (; done < count; done++) {
      int uv = chroma.get(PAIR, done & ~1);
      to.set(WORD, 4L * done, pixel(luma, done, uv, matrix));
    }
  }

  private static int pixel(MemorySegment luma, long at, int uv, ToRgb matrix) {
    int y = luma.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    return ScalarRows.rgb(OPAQUE | y << 16 | (uv & 0xff) << 8 | (uv >> 8 & 0xff), matrix);
  }

  private static IntVector bytes(MemorySegment from, long at) {
    return (IntVector)
        ByteVector.fromMemorySegment(BYTES, from, at, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  private static IntVector bytes(int[] from, int at) {
    return (IntVector)
        IntVector.fromArray(WORDS, from, at)
            .reinterpretAsBytes()
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  /** Makes colours of samples; alpha in bits 31 to 24. */
  private static IntVector rgb(IntVector y, IntVector u, IntVector v, IntVector alpha, ToRgb m) {
    IntVector luma = y.mul(m.luma()).add(ROUND - m.luma() * m.black());
    IntVector blueness = u.sub(128);
    IntVector redness = v.sub(128);
    IntVector red = luma.add(redness.mul(m.vRed()));
    IntVector green = luma.sub(blueness.mul(m.uGreen())).sub(redness.mul(m.vGreen()));
    IntVector blue = luma.add(blueness.mul(m.uBlue()));
    return rgb(red, green, blue, alpha);
  }

  /**
   * Makes colours of sums.
   *
   * <pre>
   *   bits 31-16   15-0       sums in 1/65536, whose upper halves are cut to 0 to 255
   *        red     blue       two at a time, in one vector of 16 bits each
   *        green   (rest)     the rest is shifted out
   * </pre>
   *
   * @param alpha in bits 31 to 24, nothing else
   */
  private static IntVector rgb(IntVector red, IntVector green, IntVector blue, IntVector alpha) {
    IntVector redAndBlue = red.and(0xffff_0000).or(blue.lanewise(VectorOperators.LSHR, 16));
    return samples(redAndBlue).or(samples(green).lanewise(VectorOperators.LSHR, 8)).or(alpha);
  }

  /** Cuts each half to 0 to 255. */
  private static IntVector samples(IntVector halves) {
    return halves.reinterpretAsShorts().max((short) 0).min((short) 255).reinterpretAsInts();
  }

  private static IntVector sample(IntVector fixed) {
    return fixed.lanewise(VectorOperators.ASHR, ToRgb.BITS).max(0).min(255);
  }
}
