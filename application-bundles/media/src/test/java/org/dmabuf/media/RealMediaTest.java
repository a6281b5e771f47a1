package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real video and pictures, in the folder {@code media} of the one that DMABUF_SHARED names. */
class RealMediaTest {
  private static Path media;
  private final MediaSources sources = new MediaSources(new WaitingClock());

  @BeforeAll
  static void findMedia() {
    String shared = System.getenv("DMABUF_SHARED");
    assumeTrue(
        shared != null,
        "SKIPPED: the real videos were not tried, because DMABUF_SHARED does not say where they"
            + " are");
    media = Path.of(shared).resolve("media").toAbsolutePath();
    assertThat(media).isDirectory();
  }

  @ParameterizedTest
  @CsvSource({
    "pedestrians-320x240-420.y4m, YUV420, 320, 240, 50",
    "pedestrians-186x142-422.y4m, YUV422, 186, 142, 12"
  })
  void aY4mFileComesBackByteForByte(
      String name, PixelFormat format, int width, int height, int frames) throws IOException {
    Path file = media.resolve(name);
    ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      assertThat(source.info().format()).isEqualTo(format);
      assertThat(source.info().width()).isEqualTo(width);
      assertThat(source.info().height()).isEqualTo(height);
      assertThat(source.info().frames()).hasValue(frames);
      recorded.writeBytes(Y4mFiles.text(source.info().y4mHeader().orElseThrow() + "\n"));
      TestFrame frame = TestFrame.of(source.info());
      for (var index = source.read(frame.target());
          index.isPresent();
          index = source.read(frame.target())) {
        recorded.writeBytes(Y4mFiles.text("FRAME\n"));
        recorded.writeBytes(frame.memory());
        source.delivered(index.getAsLong());
      }
    }
    assertThat(recorded.toByteArray()).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void motionJpegIsDecodedToFramesThatDiffer() {
    Path file = media.resolve("pedestrians-768x576-mjpeg.avi");
    Set<Long> seen = new HashSet<>();
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      assertThat(source.info().width()).isEqualTo(768);
      assertThat(source.info().height()).isEqualTo(576);
      assertThat(source.info().frames()).hasValue(40);
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 40; i++) {
        assertThat(source.read(frame.target())).hasValue(i);
        seen.add(frame.checksum());
        source.delivered(i);
      }
      assertThat(source.read(frame.target())).isEmpty();
    }
    assertThat(seen).hasSize(40);
  }

  @Test
  void photographsAreDecodedAndAFolderOfThemIsScaled() {
    SourceRequest folder = SourceRequest.of(media.toString()).withFormat(PixelFormat.NV12);
    try (OpenFrameSource source = sources.open(folder)) {
      assertThat(source.info().frames()).hasValue(2);
      TestFrame frame = TestFrame.of(source.info());
      source.delivered(source.read(frame.target()).orElseThrow());
      long first = frame.checksum();
      source.delivered(source.read(frame.target()).orElseThrow());
      assertThat(frame.checksum()).isNotEqualTo(first);
    }
  }
}
