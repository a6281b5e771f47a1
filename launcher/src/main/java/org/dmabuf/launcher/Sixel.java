package org.dmabuf.launcher;

import java.util.Arrays;

/**
 * DEC's sixel graphics: bands of six rows; for each colour of a band, a character for each column
 * whose bits say which of the six pixels have it. Colours are cut to six steps each.
 *
 * <pre>
 *   ESC P q  #n;2;r;g;b ...  #n ~~@!12? $ #m ... -  ...  ESC \
 *            colours in %    ^^ six pixels each, ! repeats, $ back, - next band
 * </pre>
 */
final class Sixel implements Drawing {
  private static final int STEPS = 6;
  private static final int COLOURS = STEPS * STEPS * STEPS;
  private static final int BAND = 6;
  private static final int REPEAT = 4;

  /** Pixels of a character where the terminal does not say: what most of them have at least. */
  private static final int CELL_WIDTH = 8;

  private static final int CELL_HEIGHT = 16;

  @Override
  public String draw(int width, int height, int[] argb, int columns, int rows) {
    // the last band may reach into the line below: leave it room
    int maxHeight = Math.max(BAND, rows * CELL_HEIGHT - BAND);
    Shrink small = Shrink.of(width, height, argb, columns * CELL_WIDTH, maxHeight);
    StringBuilder text = new StringBuilder("\u001bPq");
    boolean[] defined = new boolean[COLOURS];
    byte[][] bits = new byte[COLOURS][];
    for (int top = 0; top < small.height(); top += BAND) {
      Arrays.fill(bits, null);
      band(small, top, bits);
      for (int colour = 0; colour < COLOURS; colour++) {
        if (bits[colour] != null) {
          text.append('#').append(colour);
          if (!defined[colour]) {
            define(text, colour);
            defined[colour] = true;
            text.append('#').append(colour);
          }
          row(text, bits[colour]);
          text.append('$');
        }
      }
      text.append('-');
    }
    return text.append("\u001b\\").append("\r\n").toString();
  }

  private static void band(Shrink small, int top, byte[][] bits) {
    for (int y = top; y < Math.min(top + BAND, small.height()); y++) {
      for (int x = 0; x < small.width(); x++) {
        int colour = colour(small.at(x, y));
        if (bits[colour] == null) {
          bits[colour] = new byte[small.width()];
        }
        bits[colour][x] |= (byte) (1 << (y - top));
      }
    }
  }

  private static int colour(int rgb) {
    int red = step(rgb >> 16 & 0xff);
    int green = step(rgb >> 8 & 0xff);
    int blue = step(rgb & 0xff);
    return (red * STEPS + green) * STEPS + blue;
  }

  private static int step(int sample) {
    return (sample * (STEPS - 1) + 127) / 255;
  }

  private static void define(StringBuilder text, int colour) {
    text.append(";2;").append(percent(colour / (STEPS * STEPS)));
    text.append(';').append(percent(colour / STEPS % STEPS));
    text.append(';').append(percent(colour % STEPS));
  }

  private static int percent(int step) {
    return step * 100 / (STEPS - 1);
  }

  private static void row(StringBuilder text, byte[] bits) {
    int x = 0;
    while (x < bits.length) {
      int end = x + 1;
      while (end < bits.length && bits[end] == bits[x]) {
        end++;
      }
      char sixel = (char) ('?' + bits[x]);
      if (end - x >= REPEAT) {
        text.append('!').append(end - x).append(sixel);
      } else {
        text.repeat(sixel, end - x);
      }
      x = end;
    }
  }
}
