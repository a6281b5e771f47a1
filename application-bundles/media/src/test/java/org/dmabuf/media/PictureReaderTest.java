package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PictureReaderTest {
  @TempDir Path folder;
  private final MediaSources sources = new MediaSources(new WaitingClock());

  static byte[] encode(String kind, int type, int width, int height, int rgb) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, 0xff00_0000 | rgb);
      }
    }
    return bytes(kind, image);
  }

  static byte[] jpeg(int width, int height, int rgb) {
    return encode("jpg", BufferedImage.TYPE_INT_RGB, width, height, rgb);
  }

  static byte[] png(int width, int height, int rgb) {
    return encode("png", BufferedImage.TYPE_INT_RGB, width, height, rgb);
  }

  private static byte[] bytes(String kind, BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertThat(ImageIO.write(image, kind, out)).isTrue();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  @Test
  void aPngIsDeliveredPixelForPixelOnce() throws IOException {
    BufferedImage image = new BufferedImage(17, 19, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 17 * 19; i++) {
      image.setRGB(i % 17, i / 17, i * 0x4567);
    }
    Path file = write("a.png", bytes("png", image));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      assertThat(source.info().format()).isEqualTo(PixelFormat.XRGB8888);
      assertThat(source.info().frames()).hasValue(1);
      TestFrame frame = TestFrame.of(PixelFormat.XRGB8888, 17, 19, 64);
      assertThat(source.read(frame.target())).hasValue(0);
      for (int i = 0; i < 17 * 19; i++) {
        assertThat(frame.rgb(i % 17, i / 17)).isEqualTo(i * 0x4567 & 0xffffff);
      }
      assertThat(frame.converted()).isZero();
      source.delivered(0);
      assertThat(source.read(frame.target())).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJpegIsConvertedToEveryFormat(PixelFormat format) throws IOException {
    Path file = write("a.jpg", jpeg(17, 19, 0x3080c0));
    SourceRequest request =
        SourceRequest.of(file.toString()).withFormat(format).withLoop(true).withRate(5, 1);
    try (OpenFrameSource source = sources.open(request)) {
      assertThat(source.info().frames()).isEmpty();
      assertThat(source.info().rateNumerator()).isEqualTo(5);
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 3; i++) {
        assertThat(source.read(frame.target())).hasValue(i);
        source.delivered(i);
      }
      int expected =
          format == PixelFormat.GREY
              ? Colours.LIMITED.argb(Colours.y(0x3080c0), 128, 128) & 0xffffff
              : 0x3080c0;
      assertThat(TestFrame.distance(frame.rgb(16, 18), expected)).isLessThan(10);
      long all = 3 * frame.layout().size();
      assertThat(frame.converted()).isEqualTo(format == PixelFormat.XRGB8888 ? 0 : all);
    }
  }

  @Test
  void greyAndTransparentPicturesKeepTheirValues() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    int[] samples = new int[256];
    Arrays.fill(samples, 100);
    image.getRaster().setPixels(0, 0, 16, 16, samples);
    assertThat(firstFrame(write("g.png", bytes("png", image))).rgb(5, 5)).isEqualTo(0x646464);
    BufferedImage glass = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
    glass.setRGB(1, 1, 0x80ff8040);
    assertThat(firstFrame(write("t.png", bytes("png", glass))).rgb(1, 1)).isEqualTo(0x804020);
    assertThat(firstFrame(write("t.png", bytes("png", glass))).rgb(0, 0)).isEqualTo(0);
  }

  @Test
  void aFolderIsReadInTheOrderOfItsNamesAndScaledToTheFirst() throws IOException {
    write("b.JPG", jpeg(64, 64, 0x00ff00));
    write("a.png", png(20, 30, 0xff0000));
    write("c.jpeg", jpeg(16, 16, 0x0000ff));
    write("notes.txt", Y4mFiles.text("not a picture"));
    try (OpenFrameSource source = sources.open(SourceRequest.of(folder.toString()))) {
      assertThat(source.info().width()).isEqualTo(20);
      assertThat(source.info().height()).isEqualTo(30);
      assertThat(source.info().frames()).hasValue(3);
      TestFrame frame = TestFrame.of(source.info());
      int[] colours = {0xff0000, 0x00ff00, 0x0000ff};
      for (int i = 0; i < 3; i++) {
        source.read(frame.target());
        source.delivered(i);
        assertThat(TestFrame.distance(frame.rgb(19, 29), colours[i])).isLessThan(6);
        assertThat(frame.converted()).isEqualTo(i * frame.layout().size());
      }
    }
    SourceRequest large = SourceRequest.of(folder.toString()).withSize(100, 50);
    assertThat(sources.probe(large).width()).isEqualTo(100);
  }

  @Test
  void aBrokenPictureInTheMiddleIsOneFramesErrorOnly() throws IOException {
    write("a.png", png(16, 16, 0xff0000));
    byte[] whole = jpeg(160, 160, 0x00ff00);
    write("b.jpg", Arrays.copyOf(whole, whole.length * 3 / 4));
    write("c.jpg", Y4mFiles.text("not a picture"));
    byte[] cut = png(160, 160, 0x00ff00);
    write("d.png", Arrays.copyOf(cut, cut.length / 2));
    write("e.png", png(16, 16, 0x0000ff));
    try (OpenFrameSource source = sources.open(SourceRequest.of(folder.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      source.delivered(source.read(frame.target()).orElseThrow());
      for (String name : new String[] {"b.jpg", "c.jpg", "d.png"}) {
        long at = source.position();
        Failing.with(Errno.EIO, () -> source.read(frame.target()))
            .hasMessageContaining("Frame " + at)
            .hasMessageContaining(folder.resolve(name).toString());
        source.delivered(at);
      }
      assertThat(source.read(frame.target())).hasValue(4);
      assertThat(frame.rgb(3, 3)).isEqualTo(0x0000ff);
    }
  }

  @Test
  void aJpegWithoutItsEndMarkerIsWhole() throws IOException {
    byte[] whole = jpeg(32, 32, 0x00ff00);
    Path file = write("a.jpg", Arrays.copyOf(whole, whole.length - 2));
    assertThat(TestFrame.distance(firstFrame(file).rgb(31, 31), 0x00ff00)).isLessThan(6);
  }

  @Test
  void refusesWhatCannotBeASource() throws IOException {
    SourceRequest nothing = SourceRequest.of(folder.resolve("none.png").toString());
    Failing.with(Errno.ENOENT, () -> sources.probe(nothing)).hasMessageContaining("none.png");
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(folder.toString())))
        .hasMessageContaining("holds no picture");
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(" ")))
        .hasMessageContaining("needs a location");
    refused("small.png", png(15, 16, 0), "size of 15x16");
    refused("empty.png", new byte[0], "is empty");
    refused("head.jpg", Arrays.copyOf(jpeg(16, 16, 0), 12), "cannot be decoded");
    refused("huge.png", hugePng(), "size of 100000x100000");
  }

  @Test
  void sizesThatAreAskedForAreChecked() throws IOException {
    SourceRequest request = SourceRequest.of(write("a.png", png(16, 16, 0)).toString());
    Failing.with(Errno.EINVAL, () -> sources.probe(request.withSize(0, 0)));
    Failing.with(Errno.EINVAL, () -> sources.probe(request.withSize(100_000, 100_000)));
    Failing.with(Errno.EINVAL, () -> sources.probe(request.withRate(0, 1)));
    SourceRequest pattern = SourceRequest.of("pattern");
    Failing.with(Errno.EINVAL, () -> sources.open(pattern.withSize(16, 8193)));
  }

  private void refused(String name, byte[] bytes, String why) throws IOException {
    SourceRequest request = SourceRequest.of(write(name, bytes).toString());
    Failing.with(Errno.EINVAL, () -> sources.probe(request))
        .hasMessageContaining(name)
        .hasMessageContaining(why);
  }

  /** The head of a PNG that says it is 100000x100000. */
  private static byte[] hugePng() {
    byte[] bytes = png(16, 16, 0);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    buffer.putInt(29, (int) crc.getValue());
    return bytes;
  }

  private TestFrame firstFrame(Path file) {
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      return frame;
    }
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}
