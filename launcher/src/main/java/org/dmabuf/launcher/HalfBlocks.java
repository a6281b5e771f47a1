package org.dmabuf.launcher;

/**
 * Two pixels in each character: the upper half block in the colour of the upper one, on a ground of
 * the lower one's.
 */
final class HalfBlocks implements Drawing {
  private static final String RESET = "\u001b[0m";
  private static final char UPPER_HALF = '\u2580';

  @Override
  public String draw(int width, int height, int[] argb, int columns, int rows) {
    Shrink small = Shrink.of(width, height, argb, columns, 2 * rows);
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < small.height(); y += 2) {
      int lastUpper = -1;
      int lastLower = -1;
      for (int x = 0; x < small.width(); x++) {
        int upper = small.at(x, y);
        int lower = y + 1 < small.height() ? small.at(x, y + 1) : 0;
        if (upper != lastUpper) {
          colour(text, 38, upper);
        }
        if (lower != lastLower) {
          colour(text, 48, lower);
        }
        text.append(UPPER_HALF);
        lastUpper = upper;
        lastLower = lower;
      }
      text.append(RESET).append("\r\n");
    }
    return text.toString();
  }

  private static void colour(StringBuilder text, int which, int rgb) {
    text.append("\u001b[").append(which).append(";2;");
    text.append(rgb >> 16).append(';').append(rgb >> 8 & 0xff).append(';').append(rgb & 0xff);
    text.append('m');
  }
}
