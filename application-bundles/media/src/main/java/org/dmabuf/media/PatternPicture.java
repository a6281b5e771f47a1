package org.dmabuf.media;

import java.util.Arrays;

/**
 * What the test pattern shows, in numbers of a palette, independent of any pixel format.
 *
 * <pre>
 *   +--+--+--+--+--+--+--+--+
 *   |  |  |  |  |  |  |  |  |   eight colour bars
 *   |  | 00000123  |  |  |  |   the frame's number, white on black
 *   |  | V4L2 1.0.1|  |  |  |   who wrote it
 *   |  |  |  |  |  |  |  |  |
 *   +--+--+--+--+--+--+--+--+
 *   |          [##]         |   a band with a square that goes to and fro
 *   +-----------------------+
 * </pre>
 *
 * <p>Rows that look alike have the same key, so that each is painted once per frame only.
 */
final class PatternPicture {
  /** The palette, 0xRRGGBB. */
  static final int[] PALETTE = {
    0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000, 0x303030
  };

  static final byte WHITE = 0;
  static final byte BLACK = 7;
  private static final byte DARK = 8;
  private static final int BARS = 8;

  /** Keys of rows; those of a line of text follow its first one. */
  static final int KEY_BARS = 0;

  static final int KEY_BAND = 1;
  static final int KEY_SQUARE = 2;
  static final int KEY_BOX = 3;
  private static final int KEY_COUNTER = 4;
  private static final int KEY_WRITER = KEY_COUNTER + BitmapFont.HEIGHT;

  /** How many different keys there are. */
  static final int KEYS = KEY_WRITER + BitmapFont.HEIGHT;

  private static final int DIGITS = 8;
  private static final int ADVANCE = BitmapFont.WIDTH + 1;

  /** A line of text: where it begins, how large each dot is and how many characters fit. */
  record Line(int x, int y, int dot, int characters) {
    int bottom() {
      return y + BitmapFont.HEIGHT * dot;
    }

    int right() {
      return x + characters * ADVANCE * dot;
    }
  }

  private final int width;
  private final int bandTop;
  private final int square;
  private final int squareTop;
  private final Line counter;
  private final Line writer;
  private final int boxTop;
  private final int boxBottom;
  private String number = "";
  private String name = "";
  private int squareX;

  PatternPicture(int width, int height) {
    this.width = width;
    int band = Math.max(3, height / 8);
    this.bandTop = height - band;
    this.square = Math.max(1, band - 2);
    this.squareTop = bandTop + (band - square) / 2;
    int big = Math.max(1, Math.min(width * 3 / 4 / (DIGITS * ADVANCE), bandTop / 24));
    int fitting = Math.min(DIGITS, (width - 2 * big) / (ADVANCE * big));
    int left = Math.min(width / 8, (width - fitting * ADVANCE * big) / 2);
    this.counter = new Line(left, Math.max(1, bandTop / 6), big, fitting);
    int small = Math.max(1, big / 2);
    int room = (width - left - small) / (ADVANCE * small);
    Line second = new Line(left, counter.bottom() + 2 * small, small, room);
    this.writer = second.bottom() < bandTop ? second : new Line(0, counter.bottom(), 0, 0);
    this.boxTop = Math.max(0, counter.y() - big);
    this.boxBottom = Math.min(bandTop, writer.bottom() + small);
  }

  Line counterLine() {
    return counter;
  }

  Line writerLine() {
    return writer;
  }

  /** Sets what the next rows belong to. */
  void begin(long index, String writerName) {
    String digits = "%08d".formatted(index);
    number = digits.substring(Math.max(0, digits.length() - counter.characters()));
    name = writerName.substring(0, Math.min(writerName.length(), writer.characters()));
    int way = width - square;
    int step = Math.max(1, width / 120);
    long along = way < 1 ? 0 : Math.floorMod(index * step, 2L * way);
    squareX = (int) (along <= way ? along : 2L * way - along);
  }

  /** Returns the key of a row: rows with the same key look alike in one frame. */
  int key(int y) {
    if (y >= bandTop) {
      return y >= squareTop && y < squareTop + square ? KEY_SQUARE : KEY_BAND;
    }
    if (y >= counter.y() && y < counter.bottom()) {
      return KEY_COUNTER + (y - counter.y()) / counter.dot();
    }
    if (writer.dot() > 0 && y >= writer.y() && y < writer.bottom()) {
      return KEY_WRITER + (y - writer.y()) / writer.dot();
    }
    return y >= boxTop && y < boxBottom ? KEY_BOX : KEY_BARS;
  }

  /** Tells whether rows with this key look alike in all frames. */
  static boolean isStill(int key) {
    return key == KEY_BARS || key == KEY_BAND;
  }

  /**
   * Paints a row.
   *
   * @param key what {@link #key} returned
   * @param row one number of the palette for each pixel; filled
   */
  void paint(int key, byte[] row) {
    if (key == KEY_BAND || key == KEY_SQUARE) {
      Arrays.fill(row, 0, width, DARK);
      if (key == KEY_SQUARE) {
        Arrays.fill(row, squareX, Math.min(width, squareX + square), WHITE);
      }
      return;
    }
    for (int bar = 0; bar < BARS; bar++) {
      Arrays.fill(row, width * bar / BARS, width * (bar + 1) / BARS, (byte) bar);
    }
    if (key == KEY_BARS) {
      return;
    }
    int nameEnd = writer.x() + name.length() * ADVANCE * writer.dot();
    int right = Math.min(width, Math.max(counter.right(), nameEnd) + counter.dot());
    Arrays.fill(row, Math.max(0, counter.x() - counter.dot()), right, BLACK);
    if (key >= KEY_WRITER) {
      text(name, writer, key - KEY_WRITER, row);
    } else if (key >= KEY_COUNTER) {
      text(number, counter, key - KEY_COUNTER, row);
    }
  }

  private void text(String text, Line line, int glyphRow, byte[] row) {
    for (int i = 0; i < text.length(); i++) {
      int dots = BitmapFont.row(text.charAt(i), glyphRow);
      for (int column = 0; column < BitmapFont.WIDTH; column++) {
        if ((dots >> (BitmapFont.WIDTH - 1 - column) & 1) == 1) {
          int x = line.x() + (i * ADVANCE + column) * line.dot();
          Arrays.fill(row, x, Math.min(width, x + line.dot()), WHITE);
        }
      }
    }
  }
}
