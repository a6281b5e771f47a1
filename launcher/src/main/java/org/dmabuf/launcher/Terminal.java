package org.dmabuf.launcher;

import java.io.Console;

/** Tells whether a person sits at a terminal. */
final class Terminal {
  private Terminal() {}

  static boolean present() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
