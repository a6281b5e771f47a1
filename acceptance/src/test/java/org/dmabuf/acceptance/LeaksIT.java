package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.dmabuf.planted.capture.CaptureFault;
import org.dmabuf.planted.capture.PlantedCapture;
import org.dmabuf.planted.keeper.Keeper;
import org.dmabuf.planted.keeper.Kept;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The report's part "leaks", and the class loaders of replaced bundles. */
class LeaksIT {
  private static final Map<Kept, String> COUNTERS =
      Map.of(
          Kept.BUFFER, "buffers",
          Kept.ATTACHMENT, "attachments",
          Kept.DEVICE_MAPPING, "mappings",
          Kept.CPU_MAPPING, "mappings",
          Kept.FENCE, "fences",
          Kept.FILE, "files",
          Kept.THREAD, "threads");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatABundleKeepsIsCounted(Kept kept) throws Exception {
    Path bundles =
        PlantedBundle.pack(folder.resolve("bundles"), PlantedBundle.KEEPER, Keeper.class, kept);
    Run run = demo(bundles, "none");
    run.exits(1).leftNothing();
    JsonNode leaks = run.json().get("leaks");
    for (Map.Entry<String, JsonNode> leak : leaks.properties()) {
      assertThat(leak.getValue().asLong())
          .as(leak.getKey() + " in " + run)
          .isEqualTo(leak.getKey().equals(COUNTERS.get(kept)) ? 1 : 0);
    }
  }

  @Test
  void driverThatPinsItsLoaderIsNotCollected() throws Exception {
    Run run = demo(capture(CaptureFault.PINS_ITS_LOADER), "capture@5");
    run.exits(1).leftNothing();
    assertThat(run.json().at("/swaps/0/class_loader_collected").asBoolean(true)).isFalse();
    assertThat(run.json().at("/swaps/0/from").asText()).isEqualTo("1.0.0");
    assertThat(run.json().at("/swaps/0/to").asText()).isEqualTo("1.0.1");
    assertThat(run.number("/leaks/threads")).isZero();
    assertThat(run.number("/frames/displayed")).isEqualTo(12);
    assertThat(run.err()).anyMatch(line -> line.contains("class loader"));
  }

  @Test
  void threadOfADriverThatWasReplacedIsCountedAndKeepsItsLoader() throws Exception {
    Run run = demo(capture(CaptureFault.LEAVES_A_THREAD), "capture@5");
    run.exits(1).leftNothing();
    assertThat(run.json().at("/swaps/0/class_loader_collected").asBoolean(true)).isFalse();
    assertThat(run.number("/leaks/threads")).isEqualTo(1);
    assertThat(run.err()).anyMatch(line -> line.contains("planted-idle"));
  }

  @Test
  void plantedDriverWithoutAFaultIsCollected() throws Exception {
    Run run = demo(capture(CaptureFault.NONE), "capture@5");
    run.exits(0).leftNothing();
    assertThat(run.json().at("/swaps/0/class_loader_collected").asBoolean(false)).isTrue();
  }

  private Path capture(CaptureFault fault) throws Exception {
    return PlantedBundle.pack(
        folder.resolve("bundles"), PlantedBundle.CAPTURE, PlantedCapture.class, fault);
  }

  private Run demo(Path bundles, String swap) throws Exception {
    return new Dmabuf(folder)
        .demo(
            "--bundles",
            bundles.toString(),
            "--swap",
            swap,
            "--size",
            "64x48",
            "--frames",
            "12",
            "--rate",
            "max");
  }
}
