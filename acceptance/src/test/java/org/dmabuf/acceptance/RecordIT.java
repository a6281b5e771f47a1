package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A record of a Y4M file is the file, byte for byte, with all three drivers replaced. */
class RecordIT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // space  width height in the file, asked
    "C420JPEG, 16,  16,  24, 24",
    "C420JPEG, 35,  17,  24, 12",
    "C420JPEG, 129, 71,  10, 25",
    "C422,     33,  18,  24, 24",
    "C444,     65,  19,  24, 23",
    "MONO,     47,  31,  24, 24",
  })
  void isTheFile(Y4m.Space space, int width, int height, int there, int asked) throws Exception {
    Y4m video = Y4m.noise(space, width, height, there);
    Path file = video.writeTo(folder.resolve("in.y4m"));
    Path record = folder.resolve("out.y4m");
    String swaps =
        "capture@%d,exporter@%d,display@%d".formatted(asked / 4, asked / 2, asked / 4 * 3);
    Run run =
        new Dmabuf(folder)
            .demo(
                "--source",
                file.toString(),
                "--frames",
                String.valueOf(asked),
                "--rate",
                "max",
                "--swap",
                swaps,
                "--record",
                record.toString());
    run.exits(0).leftNothing();
    assertThat(run.number("/frames/displayed")).isEqualTo(asked);
    assertThat(run.json().get("swaps")).hasSize(3);
    assertThat(Files.readAllBytes(record)).isEqualTo(video.first(asked));
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "reserved", "gem", "vram"})
  void isTheFileWithEachExporter(String exporter) throws Exception {
    Y4m video = Y4m.noise(Y4m.Space.C420JPEG, 35, 17, 24);
    Path file = video.writeTo(folder.resolve("in.y4m"));
    Path record = folder.resolve("out.y4m");
    Run run =
        new Dmabuf(folder)
            .demo(
                "--source",
                file.toString(),
                "--rate",
                "max",
                "--exporter",
                exporter,
                "--swap",
                "exporter@6,capture@12,display@18",
                "--record",
                record.toString());
    run.exits(0).leftNothing();
    assertThat(run.json().get("swaps")).hasSize(3);
    assertThat(run.number("/bytes/copied")).isZero();
    assertThat(Files.readAllBytes(record)).isEqualTo(video.first(24));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void isTheFileThoughItsBuffersMoveAllTheTime() throws Exception {
    Y4m video = Y4m.noise(Y4m.Space.C420JPEG, 64, 48, 30);
    Path file = video.writeTo(folder.resolve("in.y4m"));
    Path record = folder.resolve("out.y4m");
    Run run =
        new Dmabuf(folder)
            .demo(
                "--source",
                file.toString(),
                "--rate",
                "max",
                "--exporter",
                "vram",
                "--buffers",
                "6",
                "--swap",
                "none",
                "--record",
                record.toString());
    run.exits(0).leftNothing();
    // The camera needs a buffer in system memory, the display in its region.
    assertThat(run.number("/moves")).isGreaterThanOrEqualTo(30);
    assertThat(run.number("/bytes/moved")).isGreaterThanOrEqualTo(30 * 64 * 48 * 3 / 2);
    assertThat(run.number("/bytes/copied")).isZero();
    assertThat(Files.readAllBytes(record)).isEqualTo(video.first(30));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void wholeFileWhenNobodySaysHowManyFrames() throws Exception {
    Y4m video = Y4m.noise(Y4m.Space.C420JPEG, 50, 34, 15);
    Path file = video.writeTo(folder.resolve("in.y4m"));
    Path record = folder.resolve("out.y4m");
    Run run =
        new Dmabuf(folder)
            .demo("--source", file.toString(), "--rate", "max", "--record", record.toString());
    run.exits(0).leftNothing();
    assertThat(Files.readAllBytes(record)).isEqualTo(video.first(15));
  }

  @Test
  void streamThroughAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Y4m video = Y4m.noise(Y4m.Space.C422, 37, 21, 20);
    Path record = folder.resolve("out.y4m");
    Dmabuf dmabuf = new Dmabuf(folder);
    Process process =
        dmabuf.startDemo(
            "--source",
            pipe.toString(),
            "--rate",
            "max",
            "--swap",
            "capture@4,display@9",
            "--record",
            record.toString());
    try (var out = Files.newOutputStream(pipe)) {
      video.writeTo(out);
    }
    Run run = dmabuf.await(process);
    run.exits(0).leftNothing();
    assertThat(Files.readAllBytes(record)).isEqualTo(video.first(20));
    assertThat(run.json().get("swaps")).hasSize(2);
  }
}
