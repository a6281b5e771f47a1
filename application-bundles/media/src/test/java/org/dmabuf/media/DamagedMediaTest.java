package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes a file has: frames, or a sentence; never another exception. */
class DamagedMediaTest {
  private static final int ROUNDS = 300;

  @TempDir Path folder;
  private final MediaSources sources = new MediaSources(new WaitingClock());
  private int failures;
  private int frames;

  @Test
  void damagedFilesGiveFramesOrSentences() throws IOException {
    byte[][] files = {
      Y4mFiles.file("YUV4MPEG2 W16 H16 F25:1 C444", 3, 768),
      PictureReaderTest.jpeg(40, 40, 0x123456),
      PictureReaderTest.png(40, 40, 0x123456),
      AviTest.small()
    };
    for (int seed = 0; seed < ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = files[seed % files.length].clone();
      for (int hit = random.nextInt(1, 8); hit > 0; hit--) {
        // Most of what matters is at the beginning.
        int reach = random.nextBoolean() ? Math.min(200, bytes.length) : bytes.length;
        bytes[random.nextInt(reach)] = (byte) random.nextInt();
      }
      run(Files.write(folder.resolve("damaged"), bytes));
    }
    assertThat(failures).isGreaterThan(ROUNDS / 10);
    assertThat(frames).isGreaterThan(ROUNDS / 10);
  }

  private void run(Path file) {
    try (OpenFrameSource source = sources.open(SourceRequest.of(file.toString()))) {
      TestFrame frame = TestFrame.of(source.info());
      for (int i = 0; i < 4; i++) {
        try {
          if (source.read(frame.target()).isEmpty()) {
            return;
          }
          frames++;
        } catch (DmaBufException e) {
          failures++;
          assertThat(e.errno()).isEqualTo(Errno.EIO);
        }
        source.delivered(i);
      }
    } catch (DmaBufException e) {
      failures++;
      assertThat(e.errno()).isEqualTo(Errno.EINVAL);
    }
  }
}
