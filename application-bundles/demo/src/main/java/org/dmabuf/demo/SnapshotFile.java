package org.dmabuf.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.dmabuf.display.Picture;

/** Writes what was on the screen as a PNG file. */
final class SnapshotFile {
  private SnapshotFile() {}

  static void write(Picture picture, Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, picture.width(), picture.height(), picture.argb(), 0, picture.width());
    if (!ImageIO.write(image, "png", file.toFile())) {
      throw new IOException("this Java has no writer for PNG");
    }
  }
}
