package org.dmabuf.media;

import java.io.ByteArrayOutputStream;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;

/**
 * Motion JPEG leaves the Huffman tables out when they are the standard's own (ITU-T T.81, annex
 * K.3); a decoder of pictures wants to see them.
 *
 * <pre>
 *   FFD8 | FFxx length ... | FFxx length ... | FFDA (scan) length ... | data
 *                                            ^ the tables go here when no FFC4 came before
 * </pre>
 */
final class JpegTables {
  private static final int START_OF_SCAN = 0xda;
  private static final int END = 0xd9;
  private static final int HUFFMAN = 0xc4;

  private JpegTables() {}

  /** Returns the picture with tables: itself when it has some, or is too broken to tell. */
  static byte[] withTables(byte[] jpeg) {
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xff) == 0xff) {
      int marker = jpeg[at + 1] & 0xff;
      if (marker == HUFFMAN) {
        return jpeg;
      }
      if (marker == START_OF_SCAN) {
        return insert(jpeg, at);
      }
      if (marker == 0xff) {
        at++;
      } else {
        at += 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
      }
    }
    return jpeg;
  }

  /**
   * Returns the picture with its end marker: itself when it has one, or is no JPEG. Cameras leave
   * it out, too; a decoder could not tell such a picture from one that was cut.
   */
  static byte[] withEnd(byte[] jpeg) {
    int length = jpeg.length;
    boolean isJpeg = length >= 2 && (jpeg[0] & 0xff) == 0xff && (jpeg[1] & 0xff) == 0xd8;
    int last = length - 1;
    while (last > 0 && jpeg[last] == 0) {
      last--;
    }
    if (!isJpeg || ((jpeg[last] & 0xff) == END && (jpeg[last - 1] & 0xff) == 0xff)) {
      return jpeg;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(jpeg);
    whole.write(0xff);
    whole.write(END);
    return whole.toByteArray();
  }

  private static byte[] insert(byte[] jpeg, int at) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(jpeg, 0, at);
    whole.writeBytes(standard());
    whole.write(jpeg, at, jpeg.length - at);
    return whole.toByteArray();
  }

  private static byte[] standard() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    table(body, 0x00, JPEGHuffmanTable.StdDCLuminance);
    table(body, 0x10, JPEGHuffmanTable.StdACLuminance);
    table(body, 0x01, JPEGHuffmanTable.StdDCChrominance);
    table(body, 0x11, JPEGHuffmanTable.StdACChrominance);
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    segment.write(0xff);
    segment.write(HUFFMAN);
    segment.write((body.size() + 2) >> 8);
    segment.write(body.size() + 2);
    segment.writeBytes(body.toByteArray());
    return segment.toByteArray();
  }

  private static void table(ByteArrayOutputStream out, int id, JPEGHuffmanTable table) {
    out.write(id);
    short[] lengths = table.getLengths();
    for (int i = 0; i < 16; i++) {
      out.write(i < lengths.length ? lengths[i] : 0);
    }
    for (short value : table.getValues()) {
      out.write(value);
    }
  }
}
