package org.dmabuf.importer.v4l2;

/**
 * What a device without a sensor shows: each pixel follows from its place and the frame's number.
 *
 * <pre>
 *   BARS      eight colours next to each other, and a white mark that moves along the top
 *   RAMP      from black to white
 *   CHECKER   black and white squares
 *   SOLID     white
 * </pre>
 */
enum TestPicture {
  /** Eight colours. */
  BARS {
    @Override
    int colour(int x, int y, int width, int height, long number) {
      if (y < height / MARK && x * MARK / width == Math.floorMod(number, MARK)) {
        return WHITE;
      }
      return COLOURS[x * COLOURS.length / width];
    }
  },
  /** Shades of grey. */
  RAMP {
    @Override
    int colour(int x, int y, int width, int height, long number) {
      return x * 256 / width * 0x01_01_01;
    }
  },
  /** Squares. */
  CHECKER {
    @Override
    int colour(int x, int y, int width, int height, long number) {
      return (x / SQUARE + y / SQUARE) % 2 == 0 ? WHITE : 0;
    }
  },
  /** White. */
  SOLID {
    @Override
    int colour(int x, int y, int width, int height, long number) {
      return WHITE;
    }
  };

  private static final int WHITE = 0xff_ff_ff;
  private static final int MARK = 16;
  private static final int SQUARE = 16;
  private static final int[] COLOURS = {
    0xffffff, 0xffff00, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0x0000ff, 0x000000
  };

  /** Returns the colour of a pixel, 0xRRGGBB, in a picture of a size that lies upright. */
  abstract int colour(int x, int y, int width, int height, long number);

  /**
   * Paints a row.
   *
   * @param row one 0xRRGGBB for each pixel of the width, filled
   * @param settings how the picture lies
   */
  void paint(int y, int height, long number, PictureSettings settings, int[] row) {
    int width = row.length;
    boolean turned = settings.quarters() % 2 != 0;
    int uprightWidth = turned ? height : width;
    int uprightHeight = turned ? width : height;
    for (int x = 0; x < width; x++) {
      int fromX = settings.mirrored() ? width - 1 - x : x;
      int fromY = settings.flipped() ? height - 1 - y : y;
      int atX =
          switch (settings.quarters()) {
            case 0 -> fromX;
            case 1 -> fromY;
            case 2 -> width - 1 - fromX;
            default -> height - 1 - fromY;
          };
      int atY =
          switch (settings.quarters()) {
            case 0 -> fromY;
            case 1 -> width - 1 - fromX;
            case 2 -> height - 1 - fromY;
            default -> fromX;
          };
      row[x] = settings.brightened(colour(atX, atY, uprightWidth, uprightHeight, number));
    }
  }
}
