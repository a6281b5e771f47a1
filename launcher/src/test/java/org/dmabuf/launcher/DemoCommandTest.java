package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class DemoCommandTest {
  @TempDir Path folder;
  private TestProduct product;

  @BeforeEach
  void makeProduct() throws IOException {
    product = new TestProduct(folder.resolve("product")).withCommand();
  }

  @Test
  void shouldHandTheCommandEveryDefault() throws IOException {
    JsonNode arguments = argumentsOf("demo");
    assertThat(arguments.get("source").asText()).isEqualTo("pattern");
    assertThat(arguments.get("rate").asText()).isEqualTo("60");
    assertThat(arguments.get("buffers").intValue()).isEqualTo(4);
    assertThat(arguments.get("exporter").asText()).isEqualTo("system");
    assertThat(arguments.get("headless").booleanValue()).isFalse();
    for (String absent : List.of("size", "format", "frames", "swap", "snapshot", "record")) {
      assertThat(arguments.has(absent)).as(absent).isFalse();
    }
  }

  @Test
  void shouldHandTheCommandEveryOption() throws IOException {
    Path source = Files.createFile(folder.resolve("a.y4m"));
    Path snapshot = folder.resolve("s.png");
    JsonNode arguments =
        argumentsOf(
            "demo",
            "--source",
            source.toString(),
            "--size=640x480",
            "--format=NV12",
            "--rate=max",
            "--frames=7",
            "--buffers=6",
            "--pipelines=2",
            "--exporter=other",
            "--swap=exporter@1,display@3",
            "--headless",
            "--snapshot",
            snapshot.toString(),
            "--record",
            folder.resolve("o.y4m").toString());
    assertThat(arguments.get("source").asText()).isEqualTo(source.toString());
    assertThat(arguments.get("size").asText()).isEqualTo("640x480");
    assertThat(arguments.get("format").asText()).isEqualTo("NV12");
    assertThat(arguments.get("rate").asText()).isEqualTo("max");
    assertThat(arguments.get("frames").intValue()).isEqualTo(7);
    assertThat(arguments.get("buffers").intValue()).isEqualTo(6);
    assertThat(arguments.get("pipelines").intValue()).isEqualTo(2);
    assertThat(arguments.get("exporter").asText()).isEqualTo("other");
    assertThat(arguments.get("swap").asText()).isEqualTo("exporter@1,display@3");
    assertThat(arguments.get("headless").booleanValue()).isTrue();
    assertThat(arguments.get("snapshot").asText()).isEqualTo(snapshot.toString());
    assertThat(arguments.get("record").asText()).endsWith("o.y4m");
  }

  @Test
  void shouldTellTheCommandWhatRunsAndWhatMayComeNext() throws IOException {
    Path given = Files.createDirectory(folder.resolve("given"));
    Path first = TestProduct.commandBundle(given, "2.0.0");
    Path second = TestProduct.commandBundle(given, "2.1.0");
    Path own = TestProduct.commandBundle(product.successors(), "1.0.1");
    JsonNode arguments = argumentsOf("demo", "--bundles", given.toString());
    assertThat(texts(arguments.get("bundles"))).containsExactly(first.toUri().toString());
    assertThat(texts(arguments.get("successors")))
        .containsExactly(second.toUri().toString(), own.toUri().toString());
  }

  @Test
  void shouldShowProgressAndReportWhenAllIsWell() {
    assertThat(product.run("demo")).isEqualTo(0);
    assertThat(product.out())
        .contains("frame 100 of 300  59.9/s  latency 1.50 ms  swaps 2")
        .contains("frames: lost 0");
    assertThat(product.err()).isEmpty();
  }

  @Test
  void shouldEndWithOneAndStillReportWhenAFrameWasLost() throws IOException {
    Path report = folder.resolve("r.json");
    assertThat(product.run("demo", "--exporter=lossy", "--report", report.toString())).isEqualTo(1);
    assertThat(product.err()).containsExactly("One frame was lost.");
    assertThat(new ObjectMapper().readTree(report.toFile()).at("/frames/lost").intValue())
        .isEqualTo(1);
  }

  @Test
  void shouldEndWithTwoAndNoReportWhenTheCommandRefuses() {
    Path report = folder.resolve("r.json");
    assertThat(product.run("demo", "--exporter=unknown", "--report", report.toString()))
        .isEqualTo(2);
    assertThat(product.err()).containsExactly("There is no exporter unknown.");
    assertThat(report).doesNotExist();
  }

  @Test
  void shouldEndWithOneWhenTheCommandBreaks() {
    assertThat(product.run("demo", "--exporter=broken")).isEqualTo(1);
    assertThat(product.err()).singleElement().asString().contains("the command broke");
  }

  @Test
  void shouldLeaveNoThreadOfTheFramework() {
    assertThat(product.run("demo")).isEqualTo(0);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("Felix"));
  }

  @ParameterizedTest
  @MethodSource("wrongInput")
  void shouldRefuseWithOneSentence(String expected, List<String> options) throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    TestProduct.noJar(Files.createDirectory(folder.resolve("nojar")).resolve("x.jar"));
    String[] args =
        Stream.concat(
                Stream.of("demo"), options.stream().map(o -> o.replace("DIR", folder.toString())))
            .toArray(String[]::new);
    assertThat(product.run(args)).isEqualTo(2);
    assertThat(product.err()).singleElement().asString().contains(expected).endsWith(".");
    assertThat(product.out()).isEmpty();
  }

  static Stream<Arguments> wrongInput() {
    return Stream.of(
        Arguments.of("there is no '", List.of("--source", "DIR/none.y4m")),
        Arguments.of("has no pixels", List.of("--size", "0x480")),
        Arguments.of("takes WIDTHxHEIGHT", List.of("--size", "640")),
        Arguments.of("takes WIDTHxHEIGHT", List.of("--size", "-1x480")),
        Arguments.of("--rate takes", List.of("--rate", "0")),
        Arguments.of("--rate takes", List.of("--rate", "fast")),
        Arguments.of("--frames takes", List.of("--frames", "0")),
        Arguments.of("--frames", List.of("--frames", "many")),
        Arguments.of("--buffers takes", List.of("--buffers", "-3")),
        Arguments.of("knows the roles", List.of("--swap", "camera@1")),
        Arguments.of("--swap takes", List.of("--swap", "exporter")),
        Arguments.of("--swap takes", List.of("--swap", "exporter@1,")),
        Arguments.of("there is no folder", List.of("--report", "DIR/none/r.json")),
        Arguments.of("is a folder", List.of("--snapshot", "DIR")),
        Arguments.of("There is no folder", List.of("--bundles", "DIR/none")),
        Arguments.of("There are no jars", List.of("--bundles", "DIR/empty")),
        Arguments.of("is no bundle", List.of("--bundles", "DIR/nojar")),
        Arguments.of("--window needs a desktop", List.of("--window")),
        Arguments.of("--terminal draws in a terminal", List.of("--terminal")),
        Arguments.of("Unknown option", List.of("--nope")));
  }

  @Test
  void shouldNotWriteOverTheSource() throws IOException {
    Path source = Files.writeString(folder.resolve("a.y4m"), "video");
    assertThat(product.run("demo", "--source", source.toString(), "--record", source.toString()))
        .isEqualTo(2);
    assertThat(source).hasContent("video");
  }

  private JsonNode argumentsOf(String... args) throws IOException {
    Path report = folder.resolve("report.json");
    String[] all =
        Stream.concat(Stream.of(args), Stream.of("--report", report.toString()))
            .toArray(String[]::new);
    assertThat(product.run(all)).as(() -> String.join("\n", product.err())).isEqualTo(0);
    return new ObjectMapper().readTree(report.toFile()).get("arguments");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }
}
