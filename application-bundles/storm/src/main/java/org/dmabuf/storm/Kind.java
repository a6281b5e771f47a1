package org.dmabuf.storm;

import java.util.Locale;

/** What an action of a storm does. */
enum Kind {
  /** A driver's bundle stops, and stays installed. */
  STOP(true),
  /** It starts again. */
  START(false),
  /** It is updated in its place. */
  UPDATE(true),
  /** It is refreshed: its classes are loaded anew. */
  REFRESH(true),
  /** It stops and is uninstalled. */
  UNINSTALL(true),
  /** It is installed and started. */
  INSTALL(false),
  /** It is uninstalled, and the next version is installed and started at once. */
  SWAP(true),
  /** Calls into drivers begin to fail. */
  FAULT(false),
  /** They fail no more. */
  HEAL(false),
  /** A client comes. */
  ARRIVE(false),
  /** The client that has been there longest goes. */
  LEAVE(false);

  private final boolean takes;

  Kind(boolean takes) {
    this.takes = takes;
  }

  /** Whether a driver that runs is taken away; it comes back at once, or by a later action. */
  boolean takesAway() {
    return takes;
  }

  /** The name that people use, and the report. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
