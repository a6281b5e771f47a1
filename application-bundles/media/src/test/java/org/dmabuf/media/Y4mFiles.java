package org.dmabuf.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Makes Y4M files. */
final class Y4mFiles {
  private Y4mFiles() {}

  static byte[] frame(int number, int size) {
    byte[] frame = new byte[size];
    new SplittableRandom(number).nextBytes(frame);
    return frame;
  }

  static byte[] file(String header, int frames, int size) {
    return file(header, "FRAME", frames, size);
  }

  static byte[] file(String header, String frameLine, int frames, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(text(header + "\n"));
    for (int i = 0; i < frames; i++) {
      out.writeBytes(text(frameLine + "\n"));
      out.writeBytes(frame(i, size));
    }
    return out.toByteArray();
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
