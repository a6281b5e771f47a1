package org.dmabuf.shell;

import java.util.Locale;

/** Numbers as people read them. */
final class Units {
  private static final String[] NAMES = {"KiB", "MiB", "GiB", "TiB"};

  private Units() {}

  /** Returns a number of bytes in the unit that suits it, such as "450.0 KiB". */
  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes / 1024.0;
    int unit = 0;
    while (value >= 1024 && unit < NAMES.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, NAMES[unit]);
  }

  /** Returns a time in the unit that suits it, such as "14.2 ms". */
  static String nanos(long nanos) {
    if (nanos < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f us", nanos / 1e3);
    }
    if (nanos < 1_000_000_000) {
      return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  /** Returns "1 buffer" or "3 buffers". */
  static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
