package org.dmabuf.importer.planted;

import java.awt.image.BufferedImage;

/** A driver whose class loader AWT would keep. */
public final class DriverThatUsesAwt {
  public BufferedImage image;
}
