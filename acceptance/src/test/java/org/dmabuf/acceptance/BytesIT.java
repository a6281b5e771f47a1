package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.dmabuf.planted.capture.CaptureFault;
import org.dmabuf.planted.capture.PlantedCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report's part "bytes": a copy fails the run, the other ways of moving bytes are told. */
class BytesIT {
  private static final long FRAME = 64 * 48;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // fault  exit copied moved synced
    "COPIES, 1, 36864, 0, 0",
    "MOVES,  0, 0, 16, 0",
    "SYNCS,  0, 0, 0, 16",
  })
  void bytesThatADriverMoves(CaptureFault fault, int exit, long copied, long moved, long synced)
      throws Exception {
    Path bundles =
        PlantedBundle.pack(
            folder.resolve("bundles"), PlantedBundle.CAPTURE, PlantedCapture.class, fault);
    Run run =
        new Dmabuf(folder)
            .demo(
                "--bundles",
                bundles.toString(),
                "--swap",
                "none",
                "--size",
                "64x48",
                "--format",
                "GREY",
                "--frames",
                "12",
                "--rate",
                "max");
    run.exits(exit).leftNothing();
    assertThat(run.number("/bytes/copied")).isEqualTo(copied);
    assertThat(run.number("/bytes/moved")).isEqualTo(moved);
    assertThat(run.number("/bytes/synced")).isEqualTo(synced);
    assertThat(run.number("/bytes/converted")).isZero();
    assertThat(run.number("/bytes/written_by_capture")).isEqualTo(12 * FRAME);
    assertThat(run.number("/bytes/read_by_display")).isEqualTo(12 * FRAME);
  }

  @Test
  void pictureInAnotherFormatIsConverted() throws Exception {
    Path picture = Pictures.write(folder.resolve("one.png"), 64, 48);
    Run run =
        new Dmabuf(folder)
            .demo(
                "--source",
                picture.toString(),
                "--format",
                "GREY",
                "--frames",
                "5",
                "--rate",
                "max");
    run.exits(0).leftNothing();
    assertThat(run.number("/bytes/converted")).isEqualTo(5 * FRAME);
    assertThat(run.number("/bytes/copied")).isZero();
  }
}
