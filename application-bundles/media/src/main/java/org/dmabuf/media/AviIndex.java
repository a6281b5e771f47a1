package org.dmabuf.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dmabuf.DmaBufException;

/**
 * Where the frames lie in a Motion-JPEG AVI, found by walking its chunks (its own index is often
 * missing or wrong).
 *
 * <pre>
 *   RIFF size 'AVI '
 *     LIST size 'hdrl'
 *       LIST size 'strl'   strh: kind, codec, rate    strf: size     one for each stream
 *     LIST size 'movi'
 *       00dc size ...      a frame of stream 0; of no bytes: the one before again
 *       LIST size 'rec '   frames may be grouped
 *   RIFF size 'AVIX'       more of it in large files
 *     LIST size 'movi'
 * </pre>
 *
 * <p>All numbers are little-endian; a chunk of an odd size is followed by one byte of padding.
 */
final class AviIndex {
  /** Where the bytes of a frame are in the file; a length of 0 repeats the frame before. */
  record Chunk(long offset, int length) {}

  /** How a video stream begins: its strh chunk. */
  private static final int STRH = 28;

  private static final int MAX_FRAME = 256 << 20;
  private static final int MAX_DEPTH = 8;

  private final Path path;
  private final FileChannel channel;
  private final long end;
  private final List<Chunk> frames = new ArrayList<>();
  private int streams;
  private int video = -1;
  private boolean inVideo;
  private String codec = "";
  private int width;
  private int height;
  private long rate;
  private long scale;

  private AviIndex(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.end = channel.size();
  }

  /**
   * Walks a file.
   *
   * @throws org.dmabuf.DmaBufException EINVAL when it is not whole or no Motion JPEG
   */
  static AviIndex of(Path path) {
    try (FileChannel channel = FileChannel.open(path)) {
      AviIndex index = new AviIndex(path, channel);
      index.walk(0, index.end, 0);
      index.check();
      return index;
    } catch (IOException e) {
      throw Failures.of(path, e);
    }
  }

  List<Chunk> frames() {
    return frames;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Numerator and denominator, as 32-bit numbers that were checked. */
  int[] rate() {
    return new int[] {(int) rate, (int) scale};
  }

  private void walk(long from, long to, int depth) throws IOException {
    long at = from;
    while (at + 8 <= to) {
      ByteBuffer head = bytes(at, (int) Math.min(12, to - at));
      String id = text(head, 0);
      long size = Integer.toUnsignedLong(head.getInt(4));
      long body = at + 8;
      if (size > to - body) {
        throw invalid("is truncated: chunk '%s' at byte %d does not end".formatted(id, at));
      }
      boolean list = (id.equals("RIFF") || id.equals("LIST")) && size >= 4;
      if (list && depth < MAX_DEPTH) {
        list(text(head, 8), body + 4, body + size, depth);
      } else {
        chunk(id, body, size);
      }
      at = body + size + (size & 1);
    }
  }

  private void list(String kind, long from, long to, int depth) throws IOException {
    switch (kind) {
      case "strl" -> {
        inVideo = false;
        walk(from, to, depth + 1);
        streams++;
      }
      case "AVI ", "AVIX", "hdrl", "movi", "rec " -> walk(from, to, depth + 1);
      default -> {
        // INFO, odml and others say nothing that is needed here.
      }
    }
  }

  private void chunk(String id, long body, long size) throws IOException {
    if (id.equals("strh") && size >= STRH && video < 0) {
      ByteBuffer strh = bytes(body, STRH);
      if (text(strh, 0).equals("vids")) {
        inVideo = true;
        video = streams;
        codec = text(strh, 4);
        scale = Integer.toUnsignedLong(strh.getInt(20));
        rate = Integer.toUnsignedLong(strh.getInt(24));
      }
    } else if (id.equals("strf") && size >= 20 && inVideo) {
      ByteBuffer strf = bytes(body, 20);
      width = strf.getInt(4);
      height = Math.abs(strf.getInt(8));
      codec = text(strf, 16);
    } else if (isFrame(id)) {
      if (size > MAX_FRAME) {
        throw invalid("has a frame %d of %d bytes, which cannot be".formatted(frames.size(), size));
      }
      frames.add(new Chunk(body, (int) size));
    }
  }

  private boolean isFrame(String id) {
    return video >= 0
        && id.startsWith("%02d".formatted(video))
        && (id.endsWith("dc") || id.endsWith("db"));
  }

  private void check() {
    if (video < 0) {
      throw invalid("has no video stream");
    }
    if (!codec.toUpperCase(Locale.ROOT).equals("MJPG")) {
      throw invalid("has video of codec '" + codec + "'; MJPG (Motion JPEG) is supported");
    }
    if (frames.isEmpty()) {
      throw invalid("holds no frame");
    }
    if (rate == 0 || scale == 0) {
      rate = 25;
      scale = 1;
    }
    Limits.checkRate("File '" + path + "'", rate, scale);
  }

  private ByteBuffer bytes(long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw invalid("is truncated at byte " + end);
      }
    }
    return buffer;
  }

  private static String text(ByteBuffer buffer, int at) {
    StringBuilder text = new StringBuilder(4);
    for (int i = at; i < at + 4 && i < buffer.limit(); i++) {
      int c = buffer.get(i) & 0xff;
      text.append(c < ' ' || c > '~' ? '?' : (char) c);
    }
    return text.toString();
  }

  private DmaBufException invalid(String how) {
    return Limits.invalid("File '" + path + "' " + how);
  }
}
