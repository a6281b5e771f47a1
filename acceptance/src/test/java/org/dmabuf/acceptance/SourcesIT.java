package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.dmabuf.planted.media.LiveMedia;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that fail in the middle, drop, or come to their end: told, and no fault of the run. */
class SourcesIT {
  @TempDir Path folder;

  @Test
  void brokenPictureInAFolderIsAnErrorAndTheOthersAreShown() throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Pictures.write(pictures.resolve("1.png"), 64, 48);
    Path second = Pictures.write(pictures.resolve("2.png"), 64, 48);
    Pictures.write(pictures.resolve("3.png"), 64, 48);
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, java.util.Arrays.copyOf(whole, whole.length / 2));
    Run run =
        new Dmabuf(folder)
            .demo(
                "--source",
                pictures.toString(),
                "--frames",
                "3",
                "--swap",
                "none",
                "--rate",
                "max");
    run.exits(0).leftNothing();
    assertThat(run.number("/frames/errors")).isEqualTo(1);
    assertThat(run.number("/frames/captured")).isEqualTo(2);
    assertThat(run.number("/frames/displayed")).isEqualTo(2);
    assertThat(run.number("/frames/lost")).isZero();
    assertThat(run.err()).anyMatch(line -> line.contains("2.png"));
  }

  @Test
  void fileThatIsCutWhileItIsReadEndsThePipelineWithAClearMessage() throws Exception {
    // A pipe whose writer dies in the middle of a frame: it cannot be known before.
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Y4m video = Y4m.noise(Y4m.Space.C420JPEG, 32, 16, 10);
    byte[] bytes = video.first(10);
    Dmabuf dmabuf = new Dmabuf(folder);
    Process process =
        dmabuf.startDemo("--source", pipe.toString(), "--swap", "none", "--rate", "max");
    try (var out = Files.newOutputStream(pipe)) {
      out.write(bytes, 0, bytes.length - 100);
    }
    Run run = dmabuf.await(process);
    run.exits(1).leftNothing();
    assertThat(run.number("/frames/displayed")).isEqualTo(9);
    assertThat(run.number("/frames/lost")).isZero();
    assertThat(run.number("/leaks/buffers")).isZero();
    assertThat(run.err()).anyMatch(line -> line.contains("pipe"));
  }

  @Test
  void liveSourceDropsAndIsNoFault() throws Exception {
    Path bundles =
        PlantedBundle.pack(
            folder.resolve("bundles"), PlantedBundle.MEDIA, LiveMedia.class, LiveMedia.Fault.DROPS);
    Run run =
        new Dmabuf(folder)
            .demo(
                "--bundles",
                bundles.toString(),
                "--frames",
                "12",
                "--swap",
                "none",
                "--rate",
                "max");
    run.exits(0).leftNothing();
    assertThat(run.number("/frames/dropped")).isEqualTo(1);
    assertThat(run.number("/frames/displayed")).isEqualTo(12);
    assertThat(run.number("/frames/lost")).isZero();
  }
}
