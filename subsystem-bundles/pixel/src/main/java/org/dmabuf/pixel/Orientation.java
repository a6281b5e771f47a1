package org.dmabuf.pixel;

/**
 * One of the eight ways in which a picture can lie: mirrored or not (left and right change places),
 * then turned counter-clockwise by quarters.
 *
 * <pre>
 *   A B     UPRIGHT  QUARTER  HALF   THREE_QUARTERS   MIRRORED  _QUARTER  _HALF  _THREE_QUARTERS
 *   C D     A B      B D      D C    C A              B A       A C       C D    D B
 *           C D      A C      B A    D B              D C       B D       A B    C A
 * </pre>
 *
 * <p>Kernel counterparts: {@code DRM_MODE_ROTATE_*} and {@code DRM_MODE_REFLECT_*}, which turn
 * counter-clockwise, too; {@code V4L2_CID_HFLIP}, {@code V4L2_CID_VFLIP}, {@code V4L2_CID_ROTATE}.
 */
public enum Orientation {
  /** As it is. */
  UPRIGHT,
  /** A quarter to the left. */
  QUARTER,
  /** Upside down. */
  HALF,
  /** A quarter to the right. */
  THREE_QUARTERS,
  /** Left and right exchanged. */
  MIRRORED,
  /** Left and right exchanged, then a quarter to the left. */
  MIRRORED_QUARTER,
  /** Top and bottom exchanged. */
  MIRRORED_HALF,
  /** Left and right exchanged, then a quarter to the right. */
  MIRRORED_THREE_QUARTERS;

  private static final int TURNS = 4;

  /**
   * Returns this orientation turned further.
   *
   * @param quarters counter-clockwise; negative for clockwise; any number
   */
  public Orientation turned(int quarters) {
    int mirror = ordinal() & TURNS;
    return of(mirror | Math.floorMod(ordinal() + quarters % TURNS, TURNS));
  }

  /** Returns this orientation with left and right exchanged after it. */
  public Orientation mirrored() {
    // a mirror after a turn is a mirror before the opposite turn
    int mirror = (ordinal() & TURNS) == 0 ? TURNS : 0;
    return of(mirror | Math.floorMod(-ordinal(), TURNS));
  }

  /** Returns this orientation with top and bottom exchanged after it. */
  public Orientation flipped() {
    return mirrored().turned(2);
  }

  /** Tells whether rows become columns, so that width and height change places. */
  public boolean swapsSides() {
    return (ordinal() & 1) != 0;
  }

  /** Tells whether the left of the picture, before it is turned, comes last. */
  boolean reversesColumns() {
    return switch (this) {
      case UPRIGHT, THREE_QUARTERS, MIRRORED_QUARTER, MIRRORED_HALF -> false;
      case QUARTER, HALF, MIRRORED, MIRRORED_THREE_QUARTERS -> true;
    };
  }

  /** Tells whether the top of the picture, before it is turned, comes last. */
  boolean reversesRows() {
    return switch (this) {
      case UPRIGHT, QUARTER, MIRRORED, MIRRORED_QUARTER -> false;
      case HALF, THREE_QUARTERS, MIRRORED_HALF, MIRRORED_THREE_QUARTERS -> true;
    };
  }

  private static Orientation of(int ordinal) {
    return switch (ordinal) {
      case 0 -> UPRIGHT;
      case 1 -> QUARTER;
      case 2 -> HALF;
      case 3 -> THREE_QUARTERS;
      case 4 -> MIRRORED;
      case 5 -> MIRRORED_QUARTER;
      case 6 -> MIRRORED_HALF;
      default -> MIRRORED_THREE_QUARTERS;
    };
  }
}
