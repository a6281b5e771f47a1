package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.util.Map;

/** One line that is written over, for a terminal. */
final class TerminalProgress implements Progress {
  private static final String TO_LINE_START_AND_CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private boolean shown;

  TerminalProgress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void show(Map<String, Object> state) {
    out.print(TO_LINE_START_AND_CLEAR + ProgressText.of(state));
    out.flush();
    shown = true;
  }

  @Override
  public synchronized void end() {
    if (shown) {
      out.println();
    }
  }
}
