package org.dmabuf.pixel.planted;

import org.dmabuf.display.kms.DisplayDevice;

/** Breaks a rule, for PlantedTest. */
public final class PixelThatNamesADisplay {
  private DisplayDevice other;

  DisplayDevice other() {
    return other;
  }
}
