package org.dmabuf.pixel;

/**
 * Reads pixels of a row, of any format, as colours of 8 or of 16 bits.
 *
 * <pre>
 *   0xAARRGGBB   RGB; also of Y'CbCr with a matrix
 *   0xAAYYUUVV   Y'CbCr without a matrix
 * </pre>
 *
 * <p>Keeps its buffers. Not safe for threads.
 */
final class RowReader {
  private static final int OPAQUE = 0xff00_0000;
  private static final int NO_CHROMA = 128 << 8 | 128;

  private final RowMath math;

  /** Of each plane: the bytes just read. */
  private final byte[][] bytes = {{}, {}, {}};

  /** Of each plane: whose row of shared chroma its bytes are, so that two rows read it once. */
  private final Surface[] sharedOf = new Surface[3];

  private final int[] sharedRow = new int[3];
  private final int[] sharedFrom = new int[3];
  private final int[] sharedColumns = new int[3]; // of words: less than 0

  /** The same, of NV12 in words of four bytes. */
  private int[] luma = {};

  private int[] chroma = {};

  private int[] narrow = {};
  private long[] wide = {};

  RowReader(RowMath math) {
    this.math = math;
  }

  /** Begins a picture: what was read of another, or before it changed, is not used again. */
  void begin() {
    for (int plane = 0; plane < sharedOf.length; plane++) {
      sharedOf[plane] = null;
    }
  }

  /**
   * Reads colours of 8 bits.
   *
   * @param x the first column
   * @param at where in {@code to} the first one goes
   * @param matrix null to leave Y'CbCr as it is; not used for RGB
   */
  void read(Surface from, int row, int x, int count, ToRgb matrix, int[] to, int at) {
    switch (from.format()) {
      case XRGB8888 -> {
        from.read(row, x, to, at, count);
        opaque(to, at, count);
      }
      case ARGB8888 -> from.read(row, x, to, at, count);
      case XRGB16161616, ARGB16161616 -> {
        wide = grown(wide, count);
        readWide(from, row, x, count, matrix, wide, 0);
        Wide.narrow(wide, 0, to, at, count);
      }
      case RGB24 -> rgb24(from, row, x, count, to, at);
      case RGB565 -> rgb565(from, row, x, count, to, at);
      case NV12 -> {
        nv12(from, row, x, count, matrix, to, at);
        return;
      }
      case YUV420, YUV422, YUV444 -> planar(from, row, x, count, to, at);
      case YUYV -> packed(from, row, x, count, 0, to, at);
      case UYVY -> packed(from, row, x, count, 1, to, at);
      case GREY -> grey(from, row, x, count, to, at);
    }
    if (matrix != null && from.isYuv()) {
      math.toRgb(to, at, count, matrix);
    }
  }

  /** Reads colours of 16 bits; otherwise as {@link #read}. */
  void readWide(Surface from, int row, int x, int count, ToRgb matrix, long[] to, int at) {
    if (from.isWide()) {
      from.read(row, x, to, at, count);
      if (!from.hasAlpha()) {
        for (int i = at; i < at + count; i++) {
          to[i] |= Wide.OPAQUE;
        }
      }
    } else {
      if (narrow.length < count) {
        narrow = new int[count];
      }
      read(from, row, x, count, matrix, narrow, 0);
      Wide.widen(narrow, 0, to, at, count);
    }
  }

  static long[] grown(long[] array, int count) {
    return array.length < count ? new long[count] : array;
  }

  static void opaque(int[] row, int at, int count) {
    for (int i = at; i < at + count; i++) {
      row[i] |= OPAQUE;
    }
  }

  private void rgb24(Surface from, int row, int x, int count, int[] to, int at) {
    byte[] rgb = load(from, 0, row, 3 * x, 3 * count);
    for (int i = 0; i < count; i++) {
      to[at + i] =
          OPAQUE
              | (rgb[3 * i] & 0xff) << 16
              | (rgb[3 * i + 1] & 0xff) << 8
              | (rgb[3 * i + 2] & 0xff);
    }
  }

  private void rgb565(Surface from, int row, int x, int count, int[] to, int at) {
    byte[] words = load(from, 0, row, 2 * x, 2 * count);
    for (int i = 0; i < count; i++) {
      int word = (words[2 * i] & 0xff) | (words[2 * i + 1] & 0xff) << 8;
      int red = word >> 11;
      int green = word >> 5 & 0x3f;
      int blue = word & 0x1f;
      to[at + i] =
          OPAQUE
              | (red << 3 | red >> 2) << 16
              | (green << 2 | green >> 4) << 8
              | (blue << 3 | blue >> 2);
    }
  }

  private void grey(Surface from, int row, int x, int count, int[] to, int at) {
    byte[] lumas = load(from, 0, row, x, count);
    for (int i = 0; i < count; i++) {
      to[at + i] = OPAQUE | (lumas[i] & 0xff) << 16 | NO_CHROMA;
    }
  }

  private void nv12(Surface from, int row, int x, int count, ToRgb matrix, int[] to, int at) {
    if (matrix != null && x % 2 == 0 && count % 4 == 0) {
      nv12InWords(from, row, x, count / 4, matrix, to, at);
      return;
    }
    byte[] lumas = load(from, 0, row, x, count);
    int skip = x & 1;
    byte[] chromas = chroma(from, 1, row >> 1, x - skip, skip + count, 2);
    for (int i = 0; i < count; i++) {
      int pair = (skip + i) & ~1;
      to[at + i] =
          OPAQUE
              | (lumas[i] & 0xff) << 16
              | (chromas[pair] & 0xff) << 8
              | (chromas[pair + 1] & 0xff);
    }
    if (matrix != null) {
      math.toRgb(to, at, count, matrix);
    }
  }

  /** Four pixels at a time: what video mostly is. */
  private void nv12InWords(
      Surface from, int row, int x, int count, ToRgb matrix, int[] to, int at) {
    if (luma.length < count) {
      luma = new int[count];
      chroma = new int[count];
    }
    from.read(0, row, x, luma, count);
    int there = row >> 1;
    if (!isShared(1, from, there, x, -count)) {
      from.read(1, there, x, chroma, count);
      share(1, from, there, x, -count);
    }
    math.nv12ToRgb(luma, chroma, 4 * count, matrix, to, at);
  }

  private void planar(Surface from, int row, int x, int count, int[] to, int at) {
    byte[] lumas = load(from, 0, row, x, count);
    int shift = from.columnsShared() >> 1;
    int skip = x & shift;
    int there = row / from.rowsShared();
    byte[] us;
    byte[] vs;
    if (shift == 0) {
      us = load(from, 1, there, x, count);
      vs = load(from, 2, there, x, count);
    } else {
      us = chroma(from, 1, there, x - skip, skip + count, 1);
      vs = chroma(from, 2, there, x - skip, skip + count, 1);
    }
    for (int i = 0; i < count; i++) {
      int sample = (skip + i) >> shift;
      to[at + i] =
          OPAQUE | (lumas[i] & 0xff) << 16 | (us[sample] & 0xff) << 8 | (vs[sample] & 0xff);
    }
  }

  /** Two pixels in four bytes; luma at 0 and 2, or at 1 and 3. */
  private void packed(Surface from, int row, int x, int count, int lumaAt, int[] to, int at) {
    if (x % 2 == 0 && count % 2 == 0) {
      packedInWords(from, row, x, count / 2, lumaAt, to, at);
      return;
    }
    int skip = x & 1;
    int first = x - skip;
    int pixels = skip + count;
    int length = Math.min((pixels + 1) & ~1, from.width() - first) * 2;
    byte[] pairs = load(from, 0, row, 2 * first, length, 2 * pixels + 2);
    int chromaAt = 1 - lumaAt;
    if ((length & 2) != 0) {
      // the last pixel of an odd width: the chroma of the pair before it
      int last = length - 2;
      if (last > 0) {
        pairs[last + chromaAt] = pairs[last - 4 + chromaAt];
        pairs[last + 2 + chromaAt] = pairs[last - 2 + chromaAt];
      } else if (first > 0) {
        borrow(from, row, first, pairs, chromaAt);
      } else {
        pairs[chromaAt] = (byte) 128;
        pairs[2 + chromaAt] = (byte) 128;
      }
    }
    for (int i = 0; i < count; i++) {
      int j = skip + i;
      int pair = (j & ~1) * 2 + chromaAt;
      to[at + i] =
          OPAQUE
              | (pairs[2 * j + lumaAt] & 0xff) << 16
              | (pairs[pair] & 0xff) << 8
              | (pairs[pair + 2] & 0xff);
    }
  }

  /** Two pixels at a time: what video mostly is. */
  private void packedInWords(
      Surface from, int row, int x, int count, int lumaAt, int[] to, int at) {
    if (luma.length < count) {
      luma = new int[count];
      chroma = new int[count];
    }
    int[] words = luma;
    from.read(0, row, 2 * x, words, count);
    if (lumaAt == 0) {
      for (int i = 0; i < count; i++) {
        int word = words[i];
        int both = OPAQUE | (word & 0xff00) | word >>> 24;
        to[at + 2 * i] = both | (word & 0xff) << 16;
        to[at + 2 * i + 1] = both | (word & 0xff_0000);
      }
    } else {
      for (int i = 0; i < count; i++) {
        int word = words[i];
        int both = OPAQUE | (word & 0xff) << 8 | (word >> 16 & 0xff);
        to[at + 2 * i] = both | (word & 0xff00) << 8;
        to[at + 2 * i + 1] = both | (word >> 8 & 0xff_0000);
      }
    }
  }

  /** Takes the chroma of the pair to the left of the first one. */
  private void borrow(Surface from, int row, int first, byte[] pairs, int chromaAt) {
    byte kept = pairs[1 - chromaAt];
    from.read(0, row, 2 * first - 4, pairs, 4);
    pairs[1 - chromaAt] = kept;
  }

  /**
   * Reads shared chroma for some columns; a last sample that is missing becomes the one before it.
   *
   * @param x the first column, even
   * @param bytesOfSample 2 where U and V are interleaved
   */
  private byte[] chroma(Surface from, int plane, int row, int x, int columns, int bytesOfSample) {
    if (isShared(plane, from, row, x, columns)) {
      return bytes[plane];
    }
    int samples = from.rowBytes(plane) / bytesOfSample;
    int first = Math.min(x >> 1, samples - 1);
    int wanted = (columns + 1) >> 1;
    int there = Math.min(wanted, samples - first);
    byte[] read =
        load(
            from, plane, row, first * bytesOfSample, there * bytesOfSample, wanted * bytesOfSample);
    for (int i = there * bytesOfSample; i < wanted * bytesOfSample; i++) {
      read[i] = read[i - bytesOfSample];
    }
    share(plane, from, row, x, columns);
    return read;
  }

  private boolean isShared(int plane, Surface of, int row, int x, int columns) {
    return sharedOf[plane] == of
        && sharedRow[plane] == row
        && sharedFrom[plane] == x
        && sharedColumns[plane] == columns;
  }

  private void share(int plane, Surface of, int row, int x, int columns) {
    sharedOf[plane] = of;
    sharedRow[plane] = row;
    sharedFrom[plane] = x;
    sharedColumns[plane] = columns;
  }

  private byte[] load(Surface from, int plane, int row, int first, int length) {
    return load(from, plane, row, first, length, length);
  }

  private byte[] load(Surface from, int plane, int row, int first, int length, int room) {
    if (bytes[plane].length < room) {
      bytes[plane] = new byte[room];
    }
    sharedOf[plane] = null;
    from.read(plane, row, first, bytes[plane], length);
    return bytes[plane];
  }
}
