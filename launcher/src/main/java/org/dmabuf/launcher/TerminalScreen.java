package org.dmabuf.launcher;

import java.io.PrintWriter;

/**
 * Draws into a terminal, above a line that is left for the progress.
 *
 * <pre>
 *   row 1        +-----------+
 *                |  picture  |   drawn over and over
 *   rows - 2     +-----------+
 *   rows - 1     frame 17 of 300 ...
 * </pre>
 */
final class TerminalScreen implements Screen {
  private static final String CLEAR = "\u001b[2J\u001b[H";
  private static final String SAVE_AND_HOME = "\u001b7\u001b[H";
  private static final String RESTORE = "\u001b8";
  private static final int KEPT_ROWS = 2;

  private final PrintWriter out;
  private final Drawing drawing;
  private final int columns;
  private final int rows;

  /**
   * Clears the terminal and puts the cursor below the place of the picture.
   *
   * @param columns of the terminal
   * @param rows of the terminal
   */
  TerminalScreen(PrintWriter out, Drawing drawing, int columns, int rows) {
    this.out = out;
    this.drawing = drawing;
    this.columns = columns;
    this.rows = Math.max(1, rows - KEPT_ROWS);
    out.print(CLEAR + "\u001b[" + (this.rows + 1) + ";1H");
    out.flush();
  }

  /** Takes one print: what others print at the same time is not in between. */
  @Override
  public void show(int width, int height, int[] argb) {
    out.print(SAVE_AND_HOME + drawing.draw(width, height, argb, columns, rows) + RESTORE);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
