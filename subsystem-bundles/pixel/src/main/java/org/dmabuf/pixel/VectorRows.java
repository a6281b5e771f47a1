package org.dmabuf.pixel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API: as many pixels at once as the processor has lanes; what is left at the end of a
 * row is ordinary code. Not loaded unless the module is there and the switch is on.
 */
final class VectorRows implements RowMath {
  private static final int OPAQUE = 0xff00_0000;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = INTS.length();

  /** As many bytes as there are lanes of integers, or the fewest that a vector can have. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Byte.SIZE * LANES)));

  /** 0 0 2 2 4 4 ...: U of each pair for both of its pixels. */
  private static final VectorShuffle<Integer> FIRSTS =
      VectorShuffle.fromOp(INTS, lane -> lane & ~1);

  /** 1 1 3 3 5 5 ...: V of each pair. */
  private static final VectorShuffle<Integer> SECONDS =
      VectorShuffle.fromOp(INTS, lane -> lane | 1);

  private final ScalarRows rest = new ScalarRows();

  @Override
  public void toRgb(int[] row, int at, int count, ToRgb matrix) {
    int done = 0;
    for (; done <= count - LANES; done += LANES) {
      IntVector p = IntVector.fromArray(INTS, row, at + done);
      IntVector y = p.lanewise(VectorOperators.LSHR, 16).and(0xff);
      IntVector u = p.lanewise(VectorOperators.LSHR, 8).and(0xff);
      IntVector v = p.and(0xff);
      rgb(y, u, v, matrix).or(p.and(OPAQUE)).intoArray(row, at + done);
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
  public void nv12ToRgb(byte[] luma, byte[] chroma, int count, ToRgb matrix, int[] row, int at) {
    int done = 0;
    int last = Math.min(count - LANES, Math.min(luma.length, chroma.length) - BYTES.length());
    for (; done <= last; done += LANES) {
      IntVector y = bytes(luma, done);
      IntVector uv = bytes(chroma, done);
      IntVector u = uv.rearrange(FIRSTS);
      IntVector v = uv.rearrange(SECONDS);
      rgb(y, u, v, matrix).or(OPAQUE).intoArray(row, at + done);
    }
    for (; done < count; done++) {
      int pair = done & ~1;
      row[at + done] =
          OPAQUE
              | (luma[done] & 0xff) << 16
              | (chroma[pair] & 0xff) << 8
              | (chroma[pair + 1] & 0xff);
      rest.toRgb(row, at + done, 1, matrix);
    }
  }

  private static IntVector bytes(byte[] from, int at) {
    return (IntVector)
        ByteVector.fromArray(BYTES, from, at)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  private static IntVector rgb(IntVector y, IntVector u, IntVector v, ToRgb m) {
    IntVector luma = y.mul(m.luma()).add(ROUND - m.luma() * m.black());
    IntVector blueness = u.sub(128);
    IntVector redness = v.sub(128);
    IntVector red = sample(luma.add(redness.mul(m.vRed())));
    IntVector green = sample(luma.sub(blueness.mul(m.uGreen())).sub(redness.mul(m.vGreen())));
    IntVector blue = sample(luma.add(blueness.mul(m.uBlue())));
    return red.lanewise(VectorOperators.LSHL, 16)
        .or(green.lanewise(VectorOperators.LSHL, 8))
        .or(blue);
  }

  private static IntVector sample(IntVector fixed) {
    return fixed.lanewise(VectorOperators.ASHR, ToRgb.BITS).max(0).min(255);
  }
}
