package org.dmabuf.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes Y4M files of noise, so that no two rows or frames are alike. */
final class Y4m {
  /** A colour space as Y4M names it. */
  enum Space {
    C420JPEG("420jpeg", 2, 2),
    C422("422", 2, 1),
    C444("444", 1, 1),
    MONO("mono", 0, 0);

    private final String text;
    private final int acrossBy;
    private final int downBy;

    Space(String text, int acrossBy, int downBy) {
      this.text = text;
      this.acrossBy = acrossBy;
      this.downBy = downBy;
    }

    int bytes(int width, int height) {
      int luma = width * height;
      return this == MONO
          ? luma
          : luma + 2 * Math.ceilDiv(width, acrossBy) * Math.ceilDiv(height, downBy);
    }
  }

  private final byte[] header;
  private final byte[][] frames;

  private Y4m(byte[] header, byte[][] frames) {
    this.header = header;
    this.frames = frames;
  }

  /** Makes noise; the same for the same arguments. */
  static Y4m noise(Space space, int width, int height, int frames) {
    Random random = new Random(31L * width + height + space.ordinal());
    byte[][] all = new byte[frames][space.bytes(width, height)];
    for (byte[] frame : all) {
      random.nextBytes(frame);
    }
    String line =
        "YUV4MPEG2 W%d H%d F30000:1001 Ip A10:11 C%s XYSCSS=NOISE\n"
            .formatted(width, height, space.text);
    return new Y4m(line.getBytes(StandardCharsets.US_ASCII), all);
  }

  Path writeTo(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out, frames.length);
    }
    return file;
  }

  void writeTo(OutputStream out) throws IOException {
    write(out, frames.length);
  }

  /** Returns the file's bytes up to a frame; from the first one again after the last. */
  byte[] first(int count) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, count);
    return out.toByteArray();
  }

  private void write(OutputStream out, int count) throws IOException {
    out.write(header);
    for (int i = 0; i < count; i++) {
      out.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
      out.write(frames[i % frames.length]);
    }
  }
}
