package org.dmabuf.media;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes JPEG and PNG with the JDK's own decoders. */
final class PictureDecoder {
  /** A picture's size. */
  record Size(int width, int height) {}

  /** A picture that cannot be decoded; what it is called, its catcher knows. */
  static final class BrokenPictureException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenPictureException(String message) {
      super(message);
    }
  }

  /** Remembers that a decoder had to make up what was not there. */
  private static final class Damage implements IIOReadWarningListener {
    private String found = "";

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      // The words of libjpeg; bytes that are too many harm no pixel.
      boolean damaged = warning.startsWith("Corrupt") || warning.startsWith("Premature");
      if (damaged && !warning.contains("extraneous")) {
        found = warning;
      }
    }
  }

  @FunctionalInterface
  private interface Use<T> {
    T with(ImageReader reader) throws IOException, BrokenPictureException;
  }

  private PictureDecoder() {}

  /** Reads the size from the picture's head. */
  static Size size(ImageInputStream in) throws IOException, BrokenPictureException {
    return use(in, PictureDecoder::checkedSize);
  }

  /** Decodes a picture of which all bytes are there; a damaged one is refused. */
  static Picture decode(byte[] bytes) throws IOException, BrokenPictureException {
    byte[] whole = JpegTables.withEnd(bytes);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(whole))) {
      return use(
          in,
          reader -> {
            checkedSize(reader);
            Damage damage = new Damage();
            reader.addIIOReadWarningListener(damage);
            BufferedImage image = reader.read(0);
            if (!damage.found.isEmpty()) {
              throw new BrokenPictureException(damage.found);
            }
            return picture(image);
          });
    }
  }

  private static <T> T use(ImageInputStream in, Use<T> use)
      throws IOException, BrokenPictureException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      throw new BrokenPictureException("it is no picture of a known kind");
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(in, true, true);
      return use.with(reader);
    } catch (RuntimeException e) {
      // The decoders throw what comes: bad indices, negative sizes, null.
      throw new BrokenPictureException(e.toString());
    } finally {
      reader.dispose();
    }
  }

  /** A head of a few bytes can ask for gigabytes, so the size is checked before anything else. */
  private static Size checkedSize(ImageReader reader) throws IOException, BrokenPictureException {
    Size size = new Size(reader.getWidth(0), reader.getHeight(0));
    if (size.width() < 1
        || size.height() < 1
        || size.width() > Limits.MAX_SIDE
        || size.height() > Limits.MAX_SIDE) {
      throw new BrokenPictureException(
          "it has a size of %dx%d; up to %dx%d are possible"
              .formatted(size.width(), size.height(), Limits.MAX_SIDE, Limits.MAX_SIDE));
    }
    return size;
  }

  private static Picture picture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] argb = new int[width * height];
    switch (image.getType()) {
      case BufferedImage.TYPE_3BYTE_BGR -> rgb(image.getRaster(), argb);
      case BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY ->
          // getRGB would take these samples as linear light and make them lighter.
          grey(image.getRaster(), argb);
      default -> image.getRGB(0, 0, width, height, argb, 0, width);
    }
    return new Picture(width, height, argb);
  }

  private static void rgb(Raster raster, int[] argb) {
    int width = raster.getWidth();
    byte[] row = new byte[3 * width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getDataElements(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        argb[y * width + x] =
            0xff00_0000
                | (row[3 * x] & 0xff) << 16
                | (row[3 * x + 1] & 0xff) << 8
                | (row[3 * x + 2] & 0xff);
      }
    }
  }

  private static void grey(Raster raster, int[] argb) {
    int width = raster.getWidth();
    int shift = raster.getSampleModel().getSampleSize(0) - 8;
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        argb[y * width + x] = 0xff00_0000 | (row[x] >> shift) * 0x010101;
      }
    }
  }
}
