package org.dmabuf.pixel;

import java.util.zip.CRC32C;

/**
 * The checksum of what a screen shows: CRC-32C over the bytes red, green, blue of each pixel, row
 * by row. Two pictures of the same colours have the same, whatever the formats of their layers.
 *
 * <p>Give it to {@link Compositor#compose} or call it from a sink of your own; {@link #reset()}
 * before each picture. Not safe for threads. Kernel counterpart: the {@code crc} file of a CRTC.
 */
public final class ScreenChecksum implements RowSink {
  private static final int BYTES = 3;

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[0];

  /** Begins a new picture. */
  public void reset() {
    crc.reset();
  }

  @Override
  public void row(int y, int[] argb, int width) {
    if (bytes.length < BYTES * width) {
      bytes = new byte[BYTES * width];
    }
    for (int x = 0; x < width; x++) {
      int pixel = argb[x];
      bytes[BYTES * x] = (byte) (pixel >> 16);
      bytes[BYTES * x + 1] = (byte) (pixel >> 8);
      bytes[BYTES * x + 2] = (byte) pixel;
    }
    crc.update(bytes, 0, BYTES * width);
  }

  /** Returns the checksum of the rows since the last reset. */
  public int value() {
    return (int) crc.getValue();
  }
}
