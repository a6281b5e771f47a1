package org.dmabuf.media;

import java.util.Locale;

/**
 * A font of 5x7 dots for digits, capital letters and a few signs; other characters are shown as a
 * question mark.
 *
 * <pre>
 *   .###.     each row of a glyph is 5 bits,
 *   #...#     the left dot is the highest
 *   #..##
 *   #.#.#
 *   ##..#
 *   #...#
 *   .###.
 * </pre>
 */
final class BitmapFont {
  static final int WIDTH = 5;
  static final int HEIGHT = 7;

  private static final String CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ .-_:/?";

  /** Seven rows of two hexadecimal digits for each character, in the order above. */
  private static final String DOTS =
      "0e11131519110e" // 0
          + "040c040404040e"
          + "0e11010204081f"
          + "1f02040201110e"
          + "02060a121f0202"
          + "1f101e0101110e"
          + "0608101e11110e"
          + "1f010204080808"
          + "0e11110e11110e"
          + "0e11110f01020c" // 9
          + "0e11111f111111" // A
          + "1e11111e11111e"
          + "0e11101010110e"
          + "1c12111111121c"
          + "1f10101e10101f"
          + "1f10101e101010"
          + "0e11101711110f"
          + "1111111f111111"
          + "0e04040404040e"
          + "0702020202120c"
          + "11121418141211"
          + "1010101010101f"
          + "111b1515111111"
          + "11111915131111"
          + "0e11111111110e"
          + "1e11111e101010"
          + "0e11111115120d"
          + "1e11111e141211"
          + "0f10100e01011e"
          + "1f040404040404"
          + "1111111111110e"
          + "11111111110a04"
          + "1111111515150a"
          + "11110a040a1111"
          + "1111110a040404"
          + "1f01020408101f" // Z
          + "00000000000000"
          + "00000000000c0c"
          + "0000001f000000"
          + "0000000000001f"
          + "000c0c000c0c00"
          + "00010204081000"
          + "0e110102040004";

  private BitmapFont() {}

  /**
   * Returns the dots of one row of a character.
   *
   * @param character lower case is shown as upper case
   * @param row 0 to {@link #HEIGHT} - 1
   * @return five bits, the left dot is the highest
   */
  static int row(char character, int row) {
    String upper = String.valueOf(character).toUpperCase(Locale.ROOT);
    int index = CHARACTERS.indexOf(upper);
    if (index < 0) {
      index = CHARACTERS.length() - 1;
    }
    int at = 2 * (index * HEIGHT + row);
    return Integer.parseInt(DOTS, at, at + 2, 16);
  }
}
