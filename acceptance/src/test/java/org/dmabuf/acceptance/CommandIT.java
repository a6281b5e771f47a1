package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command offers, and the form of its report, which is an interface. */
class CommandIT {
  private static final List<String> KEYS =
      List.of(
          "frames",
          "frames/captured",
          "frames/displayed",
          "frames/lost",
          "frames/repeated",
          "frames/out_of_order",
          "frames/errors",
          "frames/dropped",
          "frames/checksum_mismatches",
          "bytes",
          "bytes/copied",
          "bytes/moved",
          "bytes/converted",
          "bytes/synced",
          "bytes/written_by_capture",
          "bytes/read_by_display",
          "moves",
          "swaps",
          "latency_us",
          "latency_us/capture_to_scanout",
          "latency_us/capture_to_scanout/p50",
          "latency_us/capture_to_scanout/p99",
          "latency_us/capture_to_scanout/max",
          "leaks",
          "leaks/buffers",
          "leaks/attachments",
          "leaks/mappings",
          "leaks/fences",
          "leaks/files",
          "leaks/threads");

  @TempDir Path folder;

  @Test
  void defaultRunSwapsAllThreeAndReportsByTheKeysThatAreAgreed() throws Exception {
    Path snapshot = folder.resolve("s.png");
    Run run =
        new Dmabuf(folder)
            .demo("--size", "64x48", "--frames", "60", "--snapshot", snapshot.toString());
    run.exits(0).leftNothing();
    assertThat(run.err()).isEmpty();
    assertThat(keys("", run.json())).containsExactlyElementsOf(KEYS);
    assertThat(run.number("/frames/captured")).isEqualTo(60);
    assertThat(run.number("/frames/displayed")).isEqualTo(60);
    List<String> roles = new ArrayList<>();
    for (JsonNode swap : run.json().get("swaps")) {
      assertThat(swap.fieldNames())
          .toIterable()
          .containsExactly(
              "role", "bundle", "from", "to", "at_frame", "pause_ms", "class_loader_collected");
      roles.add(swap.get("role").asText());
      assertThat(swap.get("from").asText()).isEqualTo("1.0.0");
      assertThat(swap.get("to").asText()).isEqualTo("1.0.1");
      assertThat(swap.get("pause_ms").asDouble()).isBetween(0.0, 10_000.0);
      assertThat(swap.get("class_loader_collected").asBoolean()).isTrue();
    }
    assertThat(roles).containsExactly("exporter", "capture", "display");
    assertThat(ImageIO.read(snapshot.toFile()).getWidth()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NV12", "YU12", "YU16", "YU24", "XR24", "AR24", "RG16", "GREY"})
  void everyFormatRuns(String format) throws Exception {
    Run run =
        new Dmabuf(folder)
            .demo(
                "--size",
                "66x50",
                "--format",
                format,
                "--frames",
                "8",
                "--rate",
                "max",
                "--swap",
                "none");
    run.exits(0).leftNothing();
    assertThat(run.number("/frames/displayed")).isEqualTo(8);
  }

  @Test
  void swapsThatFollowOneAnotherDoNotWaitForFramesThatAreHeldBack() throws Exception {
    Run run =
        new Dmabuf(folder)
            .demo(
                "--size",
                "64x48",
                "--rate",
                "max",
                "--frames",
                "40",
                "--swap",
                "capture@10,capture@11,display@12,exporter@13,display@14");
    run.exits(0).leftNothing();
    assertThat(run.json().get("swaps")).hasSize(5);
    for (JsonNode swap : run.json().get("swaps")) {
      assertThat(swap.get("pause_ms").asDouble()).isLessThan(10_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "demo --help", "shell --help", "storm --help", "--version"})
  void helpIsPrintedAndIsNoFailure(String arguments) throws Exception {
    Run run = new Dmabuf(folder).run(arguments.split(" ", -1));
    run.exits(0).leftNothing();
    assertThat(run.out()).isNotEmpty();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void secondRunNeedsNoMaven() throws Exception {
    Process process = new Dmabuf(folder).command("--version").start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("out"))).isZero();
    assertThat(folder.resolve("mvn-was-called")).doesNotExist();
  }

  private static Stream<String> keys(String prefix, JsonNode node) {
    return node.properties().stream()
        .flatMap(
            entry ->
                Stream.concat(
                    Stream.of(prefix + entry.getKey()),
                    keys(prefix + entry.getKey() + "/", entry.getValue())));
  }
}
