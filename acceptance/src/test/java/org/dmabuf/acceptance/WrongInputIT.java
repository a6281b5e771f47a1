package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong input is said in one sentence, with status 2; nothing is written, nothing is left. */
class WrongInputIT {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--source none.y4m",
        "--source .",
        "--source bytes",
        "--source empty.y4m",
        "--source truncated.y4m",
        "--source no-frame.y4m",
        "--source 8bit.y4m --size 32x16",
        "--source deep.y4m",
        "--source tiny.y4m",
        "--size 0x0",
        "--size 100000x100000",
        "--size 15x16",
        "--size 640",
        "--format XXXX",
        "--rate 0",
        "--rate fast",
        "--rate 2000000000",
        "--frames 0",
        "--frames -1",
        "--frames many",
        "--buffers 2",
        "--buffers 1000",
        "--exporter none",
        "--swap camera@5",
        "--swap display@1000 --frames 10",
        "--swap display@10 --frames 10",
        "--swap display@0",
        "--swap display",
        "--swap display@12 --source ten.y4m",
        "--bundles none",
        "--bundles no-jars",
        "--bundles no-bundle",
        "--bundles no-zip",
        "--record none/r.y4m",
        "--record no-jars",
        "--record r.y4m --format XR24",
        "--record ten.y4m --source ten.y4m",
        "--snapshot none/s.png",
        "--report none/r.json",
        "--no-such-option"
      })
  void isSaidInOneSentence(String options) throws Exception {
    prepare();
    Run run = new Dmabuf(folder).demo(options.split(" ", -1));
    assertThat(run.err()).as("sentences").hasSize(1);
    assertThat(run.err().getFirst())
        .endsWith(".")
        .doesNotContain("Exception")
        .doesNotContain("EINVAL")
        .hasSizeLessThan(400);
    run.exits(2).leftNothing();
    assertThat(run.out()).isEmpty();
    assertThat(run.report()).doesNotExist();
    assertThat(folder.resolve("r.y4m")).doesNotExist();
    assertThat(Files.readAllBytes(folder.resolve("ten.y4m"))).isEqualTo(ten().first(10));
  }

  @Test
  void fileThatMayNotBeWritten() throws Exception {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    if (!closed.toFile().setWritable(false) || Files.isWritable(closed)) {
      // The superuser may write everywhere; but not into a folder of the kernel.
      closed = Path.of("/proc");
    }
    Run run = new Dmabuf(folder).demo("--record", closed.resolve("r.y4m").toString());
    assertThat(run.err()).hasSize(1);
    run.exits(2).leftNothing();
  }

  private static Y4m ten() {
    return Y4m.noise(Y4m.Space.C420JPEG, 32, 16, 10);
  }

  private void prepare() throws Exception {
    byte[] whole = ten().first(10);
    Files.write(folder.resolve("ten.y4m"), whole);
    Files.write(folder.resolve("truncated.y4m"), Arrays.copyOf(whole, whole.length - 7));
    Files.write(folder.resolve("empty.y4m"), new byte[0]);
    Files.write(folder.resolve("bytes"), new byte[1000]);
    text("no-frame.y4m", "YUV4MPEG2 W32 H16 F30:1 C420jpeg\n");
    text("8bit.y4m", "YUV4MPEG2 W32 H16\nFRAME\nshort");
    text("deep.y4m", "YUV4MPEG2 W32 H16 F30:1 C420p10\nFRAME\n" + "x".repeat(32 * 16 * 3));
    text("tiny.y4m", "YUV4MPEG2 W8 H8 F30:1 C420jpeg\nFRAME\n" + "x".repeat(96));
    Files.createDirectory(folder.resolve("no-jars"));
    Files.createDirectory(folder.resolve("no-zip"));
    text("no-zip/a.jar", "no zip");
    Path noBundle = Files.createDirectory(folder.resolve("no-bundle")).resolve("a.jar");
    try (var jar = new java.util.jar.JarOutputStream(Files.newOutputStream(noBundle))) {
      jar.putNextEntry(new java.util.zip.ZipEntry("a"));
    }
  }

  private void text(String file, String text) throws Exception {
    Files.write(folder.resolve(file), text.getBytes(StandardCharsets.US_ASCII));
  }
}
