package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalLong;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Y4mFileReaderTest {
  private static final String HEADER = "YUV4MPEG2 W17 H19 F30000:1001 Ip A1:1 C420jpeg";
  private static final int SIZE = 17 * 19 + 2 * 9 * 10;

  @TempDir Path folder;
  private final MediaSources sources = new MediaSources(new WaitingClock());

  @ParameterizedTest
  @CsvSource({
    "420, YUV420",
    "420jpeg, YUV420",
    "420paldv, YUV420",
    "420mpeg2, YUV420",
    "422, YUV422",
    "444, YUV444",
    "mono, GREY"
  })
  void everyColourSpaceIsDeliveredByteForByte(String space, PixelFormat format) throws IOException {
    int size = (int) FrameLayout.of(format, 17, 19, 1).size();
    String header = "YUV4MPEG2 W17 H19 F25:1 C" + space;
    Path file = write(Y4mFiles.file(header, 3, size));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      assertThat(source.info().format()).isEqualTo(format);
      assertThat(source.info().y4mHeader()).contains(header);
      assertThat(source.info().frames()).hasValue(3);
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 3; i++) {
        assertThat(source.read(frame.target())).hasValue(i);
        assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(i, size));
        source.delivered(i);
      }
      assertThat(source.read(frame.target())).isEmpty();
      assertThat(frame.converted()).isZero();
      assertThat(frame.written()).isEqualTo(3L * size);
    }
  }

  @Test
  void rowsArePaddedAsTheTargetSays() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 1, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(PixelFormat.YUV420, 17, 19, 64);
      source.read(frame.target());
      byte[] original = Y4mFiles.frame(0, SIZE);
      assertThat(frame.at(0, 16, 18)).isEqualTo(original[17 * 19 - 1] & 0xff);
      assertThat(frame.at(2, 8, 9)).isEqualTo(original[SIZE - 1] & 0xff);
      assertThat(frame.at(0, 17, 0)).isZero();
    }
  }

  @Test
  void aFrameThatWasNotDeliveredIsReadAgain() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 3, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      assertThat(source.read(frame.target())).hasValue(0);
      source.delivered(0);
      assertThat(source.read(frame.target())).hasValue(1);
      Arrays.fill(frame.memory(), (byte) 0);
      assertThat(source.read(frame.target())).hasValue(1);
      assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(1, SIZE));
      assertThat(source.position()).isEqualTo(1);
      Failing.with(Errno.EINVAL, () -> source.delivered(2));
      source.delivered(1);
      source.delivered(1);
      source.delivered(0);
      assertThat(source.position()).isEqualTo(2);
      Failing.with(Errno.EINVAL, () -> source.delivered(2)).hasMessageContaining("was not read");
    }
  }

  @Test
  void loopsForEverWithIndicesThatGoOn() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 2, SIZE));
    SourceRequest request = SourceRequest.of(file.toString()).withLoop(true);
    try (OpenFrameSource source = sources.open(request)) {
      assertThat(source.info().frames()).isEmpty();
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 5; i++) {
        assertThat(source.read(frame.target())).hasValue(i);
        assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(i % 2, SIZE));
        source.delivered(i);
      }
    }
  }

  @Test
  void convertsToTheFormatAndSizeThatWereAskedForAndCountsIt() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 1, SIZE));
    SourceRequest request =
        SourceRequest.of(file.toString()).withFormat(PixelFormat.NV12).withSize(34, 38);
    try (OpenFrameSource source = sources.open(request)) {
      assertThat(source.info().y4mHeader()).isEmpty();
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      byte[] original = Y4mFiles.frame(0, SIZE);
      assertThat(frame.at(0, 33, 37)).isEqualTo(original[17 * 19 - 1] & 0xff);
      assertThat(frame.at(1, 1, 0)).isEqualTo(original[17 * 19 + 90] & 0xff);
      assertThat(frame.converted()).isEqualTo(frame.layout().size());
      assertThat(frame.written()).isEqualTo(frame.layout().size());
    }
  }

  @Test
  void fullRangeIsHeeded() throws IOException {
    byte[] bytes = Y4mFiles.file("YUV4MPEG2 W16 H16 Cmono XCOLORRANGE=FULL", 1, 256);
    Arrays.fill(bytes, bytes.length - 256, bytes.length, (byte) 16);
    SourceRequest request =
        SourceRequest.of(write(bytes).toString()).withFormat(PixelFormat.XRGB8888);
    try (OpenFrameSource source = sources.open(request)) {
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      assertThat(frame.rgb(3, 3)).isEqualTo(0x101010);
    }
  }

  @Test
  void frameParametersAndAnUnknownRateAreAccepted() throws IOException {
    byte[] bytes =
        Y4mFiles.file("YUV4MPEG2 H19 W17 F0:0 It XYSCSS=420JPEG", "FRAME Ixyz Xabc", 2, SIZE);
    try (OpenFrameSource source = sources.open(SourceRequest.of(write(bytes).toString()))) {
      assertThat(source.info().rateNumerator()).isEqualTo(25);
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      source.delivered(0);
      source.read(frame.target());
      assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(1, SIZE));
    }
  }

  @Test
  void probeTellsWhatOpenWouldDeliverAndTheRateMayBeSet() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 2, SIZE));
    SourceInfo info = sources.probe(SourceRequest.of(file.toString()));
    assertThat(info.name()).isEqualTo(file.toString());
    assertThat(info.rateNumerator()).isEqualTo(30_000);
    assertThat(info.rateDenominator()).isEqualTo(1001);
    assertThat(info.frames()).isEqualTo(OptionalLong.of(2));
    info = sources.probe(SourceRequest.of(file.toString()).withRate(7, 2));
    assertThat(info.rateNumerator()).isEqualTo(7);
    assertThat(info.rateDenominator()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "YUV4MPEG2 W0 H0 F25:1                 | size of 0x0",
        "YUV4MPEG2 W100000 H100000 F25:1       | size of 100000x100000",
        "YUV4MPEG2 W15 H16 F25:1               | size of 15x16",
        "YUV4MPEG2 W16 H8193 F25:1             | size of 16x8193",
        "YUV4MPEG2 W-16 H16 F25:1              | width of '-16'",
        "YUV4MPEG2 W99999999999999999999 H16   | which is no number",
        "YUV4MPEG2 W16 F25:1                   | no height",
        "YUV4MPEG2 W16 H16 F25                 | rate of '25'",
        "YUV4MPEG2 W16 H16 F25:0               | rate of 25/0",
        "YUV4MPEG2 W16 H16 F99999:1            | rate of 99999/1",
        "YUV4MPEG2 W16 H16 F25:1 C420p10       | colour space '420p10'",
        "YUV4MPEG2 W16 H16 F25:1 C411          | colour space '411'",
        "YUV4MPEG2 W16 H16 F25:1 C444alpha     | colour space '444alpha'",
        "YUV4MPEG2 W16 H16 F25:1 C420          | holds no frame",
        "YUV4MPEG2000 W16 H16                  | is no Y4M",
        "hello                                 | unknown type",
        "''                                    | unknown type"
      })
  void refusesBadFilesInOneSentence(String header, String why) throws IOException {
    Path file = write(Y4mFiles.text(header + "\n"));
    SourceRequest request = SourceRequest.of(file.toString());
    Failing.with(Errno.EINVAL, () -> sources.probe(request))
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
    Failing.with(Errno.EINVAL, () -> sources.open(request));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, SIZE - 1, SIZE, SIZE + 3, SIZE + 5})
  void refusesATruncatedFile(int missing) throws IOException {
    byte[] bytes = Y4mFiles.file(HEADER, 3, SIZE);
    Path file = write(Arrays.copyOf(bytes, bytes.length - missing));
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(file.toString())))
        .hasMessageContaining("truncated")
        .hasMessageContaining("frame 2");
  }

  @Test
  void refusesAFileWhoseFirstLineDoesNotEndAndOneWithGarbage() throws IOException {
    Path endless = write(Y4mFiles.text("YUV4MPEG2 W16 H16"));
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(endless.toString())))
        .hasMessageContaining("truncated");
    Path garbage = write(Y4mFiles.file(HEADER, "FRAMED", 2, SIZE));
    Failing.with(Errno.EINVAL, () -> sources.probe(SourceRequest.of(garbage.toString())))
        .hasMessageContaining("should begin with FRAME");
  }

  @Test
  void aFileThatIsCutWhileItIsReadEndsBroken() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 3, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      source.delivered(0);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(HEADER.length() + 1 + 6 + SIZE + 6 + 100);
      }
      Failing.with(Errno.EPIPE, () -> source.read(frame.target()))
          .hasMessageContaining("100 of " + SIZE);
      Failing.with(Errno.EINVAL, () -> source.delivered(1));
    }
  }

  @Test
  void anInterruptedReaderMayReadAgain() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 1, SIZE));
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      source.read(frame.target());
      Thread.currentThread().interrupt();
      Failing.with(Errno.EINTR, () -> source.read(frame.target()));
      assertThat(Thread.interrupted()).isFalse();
      assertThat(source.read(frame.target())).hasValue(0);
      assertThat(frame.memory()).isEqualTo(Y4mFiles.frame(0, SIZE));
    }
  }

  @Test
  void aTargetOfAnotherKindAndAClosedSourceAreRefused() throws IOException {
    Path file = write(Y4mFiles.file(HEADER, 1, SIZE));
    OpenFrameSource source = sources.open(SourceRequest.of(file.toString()));
    TestFrame wrong = TestFrame.of(PixelFormat.NV12, 17, 19, 1);
    Failing.with(Errno.EINVAL, () -> source.read(wrong.target()))
        .hasMessageContaining("delivers YUV420 17x19");
    source.close();
    source.close();
    TestFrame frame = TestFrame.of(source.info());
    Failing.with(Errno.ENODEV, () -> source.read(frame.target()));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("test.y4m"), bytes);
  }
}
