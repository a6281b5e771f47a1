package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AviTest {
  private static final int RED = 0xff0000;
  private static final int GREEN = 0x00ff00;
  private static final int BLUE = 0x0000ff;

  @TempDir Path folder;
  private final MediaSources sources = new MediaSources(new WaitingClock());

  @Test
  void deliversFramesRepeatsEmptyOnesAndGoesOnAfterABrokenOne() throws IOException {
    byte[] movi =
        list(
            "movi",
            chunk("01dc", PictureReaderTest.jpeg(17, 19, RED)),
            chunk("00wb", new byte[33]),
            chunk("01dc", new byte[0]),
            list("rec ", chunk("01dc", PictureReaderTest.jpeg(17, 19, GREEN))),
            chunk("01dc", Arrays.copyOf(PictureReaderTest.jpeg(17, 19, GREEN), 100)),
            chunk("01db", withoutTables(PictureReaderTest.jpeg(17, 19, BLUE))),
            chunk("01pc", new byte[4]));
    Path file = write(avi("MJPG", 17, 19, movi));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      assertThat(source.info().format()).isEqualTo(PixelFormat.XRGB8888);
      assertThat(source.info().rateNumerator()).isEqualTo(30_000);
      assertThat(source.info().rateDenominator()).isEqualTo(1001);
      assertThat(source.info().frames()).hasValue(5);
      int[] colours = {RED, RED, GREEN, -1, BLUE};
      for (int i = 0; i < 5; i++) {
        TestFrame frame = TestFrame.of(source.info());
        if (colours[i] < 0) {
          Failing.with(Errno.EIO, () -> source.read(frame.target()))
              .hasMessageContaining("frame 3 of file '" + file);
        } else {
          assertThat(source.read(frame.target())).hasValue(i);
          assertThat(TestFrame.distance(frame.rgb(16, 18), colours[i])).isLessThan(6);
        }
        source.delivered(i);
      }
      assertThat(source.read(TestFrame.of(source.info()).target())).isEmpty();
    }
  }

  @Test
  void aFileInTwoPartsIsReadToItsEnd() throws IOException {
    byte[] frame = chunk("01dc", PictureReaderTest.jpeg(16, 16, RED));
    byte[] first = avi("MJPG", 16, 16, list("movi", frame));
    byte[] second = riff("AVIX", list("movi", frame, frame));
    Path file = write(join(first, second));
    assertThat(sources.probe(SourceRequest.of(file.toString())).frames()).hasValue(3);
  }

  @Test
  void anEmptyFirstFrameIsAnError() throws IOException {
    byte[] movi =
        list(
            "movi", chunk("01dc", new byte[0]), chunk("01dc", PictureReaderTest.jpeg(16, 16, RED)));
    Path file = write(avi("MJPG", 16, 16, movi));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      Failing.with(Errno.EIO, () -> source.read(frame.target())).hasMessageContaining("repeats");
      source.delivered(0);
      assertThat(source.read(frame.target())).hasValue(1);
    }
  }

  @Test
  void refusesBadFilesInOneSentence() throws IOException {
    byte[] movi = list("movi", chunk("01dc", PictureReaderTest.jpeg(16, 16, RED)));
    byte[] good = avi("MJPG", 16, 16, movi);
    refused(Arrays.copyOf(good, good.length - 5), "truncated");
    refused(avi("H264", 16, 16, movi), "codec 'H264'");
    refused(avi("MJPG", 0, 0, movi), "size of 0x0");
    refused(avi("MJPG", 100_000, 100_000, movi), "size of 100000x100000");
    refused(avi("MJPG", 16, 16, list("movi")), "holds no frame");
    refused(riff("AVI ", movi), "no video stream");
    refused(riff("WAVE", movi), "unknown type");
    byte[] deep = list("movi");
    for (int i = 0; i < 1000; i++) {
      deep = list("rec ", deep);
    }
    refused(avi("MJPG", 16, 16, deep), "holds no frame");
  }

  @Test
  void tablesAreAddedOnlyWhereTheyAreMissing() {
    byte[] jpeg = PictureReaderTest.jpeg(16, 16, RED);
    assertThat(JpegTables.withTables(jpeg)).isSameAs(jpeg);
    byte[] bare = withoutTables(jpeg);
    assertThat(bare.length).isLessThan(jpeg.length);
    assertThat(JpegTables.withTables(bare)).hasSizeGreaterThanOrEqualTo(bare.length + 400);
    byte[] nonsense = {1, 2, 3, 4};
    assertThat(JpegTables.withTables(nonsense)).isSameAs(nonsense);
  }

  private void refused(byte[] bytes, String why) throws IOException {
    Path file = write(bytes);
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(file.toString())))
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  /** Takes the Huffman tables out of a JPEG, as the writers of Motion JPEG do. */
  private static byte[] withoutTables(byte[] jpeg) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    int at = 2;
    while ((jpeg[at + 1] & 0xff) != 0xda) {
      int length = 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
      if ((jpeg[at + 1] & 0xff) != 0xc4) {
        out.write(jpeg, at, length);
      }
      at += length;
    }
    out.write(jpeg, at, jpeg.length - at);
    return out.toByteArray();
  }

  /** A file of two frames. */
  static byte[] small() {
    byte[] frame = chunk("01dc", PictureReaderTest.jpeg(16, 16, RED));
    return avi("MJPG", 16, 16, list("movi", frame, frame));
  }

  /** An AVI whose stream 0 is sound and whose stream 1 is video. */
  private static byte[] avi(String codec, int width, int height, byte[] movi) {
    byte[] sound = list("strl", chunk("strh", strh("auds", "")), chunk("strf", new byte[18]));
    ByteBuffer strf = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    strf.putInt(40).putInt(width).putInt(-height).putInt(0).put(Y4mFiles.text(codec));
    byte[] video = list("strl", chunk("strh", strh("vids", codec)), chunk("strf", strf.array()));
    byte[] hdrl = list("hdrl", chunk("avih", new byte[56]), sound, video);
    return riff("AVI ", hdrl, chunk("JUNK", new byte[7]), movi, chunk("idx1", new byte[16]));
  }

  private static byte[] strh(String kind, String codec) {
    ByteBuffer strh = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
    strh.put(Y4mFiles.text(kind)).put(Y4mFiles.text(codec));
    strh.putInt(20, 1001).putInt(24, 30_000);
    return strh.array();
  }

  private static byte[] riff(String kind, byte[]... parts) {
    return chunk("RIFF", join(Y4mFiles.text(kind), join(parts)));
  }

  private static byte[] list(String kind, byte[]... parts) {
    return chunk("LIST", join(Y4mFiles.text(kind), join(parts)));
  }

  private static byte[] chunk(String id, byte[] body) {
    ByteBuffer chunk =
        ByteBuffer.allocate(8 + body.length + (body.length & 1)).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put(Y4mFiles.text(id)).putInt(body.length).put(body);
    return chunk.array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("test.avi"), bytes);
  }
}
