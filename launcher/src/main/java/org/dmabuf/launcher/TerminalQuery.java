package org.dmabuf.launcher;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Asks the terminal for its size and whether it draws sixels.
 *
 * @param columns in characters
 * @param rows in characters
 * @param sixel whether its answer to "what are you" (DA1) has a 4
 */
record TerminalQuery(int columns, int rows, boolean sixel) {
  private static final TerminalQuery UNKNOWN = new TerminalQuery(80, 24, false);
  private static final String TTY = "/dev/tty";
  private static final int LONGEST_ANSWER = 64;
  private static final long STTY_SECONDS = 2;

  /** Asks; a terminal that does not say has 80 columns, 24 rows and no sixels. */
  static TerminalQuery ask() {
    try {
      String[] size = stty("size").strip().split(" ", -1);
      int rows = Integer.parseInt(size[0]);
      int columns = Integer.parseInt(size[1]);
      return new TerminalQuery(
          columns > 0 ? columns : UNKNOWN.columns,
          rows > 0 ? rows : UNKNOWN.rows,
          hasSixel(whatAreYou()));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return UNKNOWN;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }

  /** Tells whether an answer {@code ESC [ ? 62 ; 4 ; 6 c} has a 4 after the first number. */
  static boolean hasSixel(String answer) {
    int from = answer.indexOf("[?");
    int to = answer.indexOf('c', Math.max(0, from));
    if (from < 0 || to < 0) {
      return false;
    }
    String[] numbers = answer.substring(from + 2, to).split(";", -1);
    return Arrays.asList(numbers).subList(1, numbers.length).contains("4");
  }

  /** Reads the answer with the terminal's echo off; waits 0.3 s at most for its next character. */
  private static String whatAreYou() throws IOException, InterruptedException {
    String before = stty("-g").strip();
    stty("-icanon -echo min 0 time 3");
    try (OutputStream to = new FileOutputStream(TTY);
        InputStream from = new FileInputStream(TTY)) {
      to.write("\u001b[c".getBytes(StandardCharsets.US_ASCII));
      to.flush();
      StringBuilder answer = new StringBuilder();
      int next = from.read();
      while (next >= 0 && answer.length() < LONGEST_ANSWER) {
        answer.append((char) next);
        if (next == 'c') {
          break;
        }
        next = from.read();
      }
      return answer.toString();
    } finally {
      stty(before);
    }
  }

  private static String stty(String arguments) throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("sh", "-c", "stty " + arguments + " <" + TTY)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || stty.exitValue() != 0) {
      stty.destroy();
      throw new IOException("stty " + arguments + " failed");
    }
    return answer;
  }
}
