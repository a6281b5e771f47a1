package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.dmabuf.planted.capture.CaptureFault;
import org.dmabuf.planted.capture.PlantedCapture;
import org.dmabuf.planted.display.DisplayFault;
import org.dmabuf.planted.display.PlantedDisplay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report's part "frames": each number is made non-zero by one planted fault, and told. */
class FrameFaultsIT {
  private static final String[] FRAMES = {
    "captured",
    "displayed",
    "lost",
    "repeated",
    "out_of_order",
    "errors",
    "dropped",
    "checksum_mismatches"
  };

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // fault            exit captured displayed lost repeated out_of_order mismatches
    "NONE,              0, 12, 12, 0, 0, 0, 0",
    "LOSES_A_FRAME,     1, 12, 12, 1, 0, 0, 0",
    "CHANGES_THE_ORDER, 1, 12, 12, 0, 0, 1, 0",
    "REPEATS_A_FRAME,   1, 12, 11, 0, 1, 0, 0",
  })
  void captureDriver(
      CaptureFault fault,
      int exit,
      int captured,
      int displayed,
      int lost,
      int repeated,
      int outOfOrder,
      int mismatches)
      throws Exception {
    Path bundles = capture(fault);
    Run run = demo(bundles);
    run.exits(exit).leftNothing();
    assertFrames(run, captured, displayed, lost, repeated, outOfOrder, mismatches);
  }

  @ParameterizedTest
  @CsvSource({
    // fault             exit captured displayed lost repeated out_of_order mismatches
    "NONE,               0, 12, 12, 0, 0, 0, 0",
    "NEVER_SHOWS,        1, 12, 11, 1, 0, 0, 0",
    "FAILS,              1, 12, 11, 1, 0, 0, 0",
    "BREAKS,             1, 12, 11, 1, 0, 0, 0",
    "SHOWS_TWICE,        1, 12, 12, 0, 1, 0, 0",
    "SHOWS_THE_LAST_ONE, 1, 12, 11, 1, 1, 0, 0",
  })
  void displayDriver(
      DisplayFault fault,
      int exit,
      int captured,
      int displayed,
      int lost,
      int repeated,
      int outOfOrder,
      int mismatches)
      throws Exception {
    Path bundles = display(fault);
    Run run = demo(bundles);
    run.exits(exit).leftNothing();
    assertFrames(run, captured, displayed, lost, repeated, outOfOrder, mismatches);
  }

  @Test
  void byteThatIsWrittenBetweenFenceAndFlip() throws Exception {
    capture(CaptureFault.WRITES_AFTER_ITS_FENCE);
    Path bundles = display(DisplayFault.WAITS);
    Run run = demo(bundles);
    run.exits(1).leftNothing();
    assertFrames(run, 12, 12, 0, 0, 0, 1);
    assertThat(run.err()).anyMatch(line -> line.contains("another checksum"));
  }

  private Path capture(CaptureFault fault) throws Exception {
    return PlantedBundle.pack(
        folder.resolve("bundles"), PlantedBundle.CAPTURE, PlantedCapture.class, fault);
  }

  private Path display(DisplayFault fault) throws Exception {
    return PlantedBundle.pack(
        folder.resolve("bundles"), PlantedBundle.DISPLAY, PlantedDisplay.class, fault);
  }

  private Run demo(Path bundles) throws Exception {
    return new Dmabuf(folder)
        .demo(
            "--bundles",
            bundles.toString(),
            "--swap",
            "none",
            "--size",
            "64x48",
            "--frames",
            "12",
            "--rate",
            "max");
  }

  private static void assertFrames(Run run, long... wanted) throws Exception {
    long[] all = {
      wanted[0], wanted[1], wanted[2], wanted[3], wanted[4], 0, 0, wanted[5],
    };
    for (int i = 0; i < FRAMES.length; i++) {
      assertThat(run.number("/frames/" + FRAMES[i])).as(FRAMES[i] + " in " + run).isEqualTo(all[i]);
    }
  }
}
