package org.dmabuf.storm;

import java.util.Locale;

/** What a driver does in a pipeline. */
enum Role {
  EXPORTER,
  CAPTURE,
  CONVERTER,
  DISPLAY;

  /** The name that people use, and the report. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
