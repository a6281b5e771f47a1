package org.dmabuf.file;

/** What the threads of a table take in turns, for tests that say who runs next. */
public final class Monitors {
  private Monitors() {}

  /** Returns the monitor of a table's descriptors, inside of which files are got. */
  public static Object of(FileTable table) {
    return table.descriptors();
  }
}
