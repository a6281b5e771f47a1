package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ReplayCommandTest {
  private static final String RIGHT =
      "{\"s\":\"a/1\",\"n\":1,\"op\":\"right\",\"len\":-1,\"expect\":{\"ok\":true}}\n";
  private static final String WRONG =
      "{\"s\":\"a/1\",\"n\":2,\"op\":\"wrong\",\"expect\":{\"ok\":true,\"pos\":0}}\n";

  @TempDir Path folder;
  private TestProduct product;

  @BeforeEach
  void makeProduct() throws IOException {
    product = new TestProduct(folder.resolve("product")).withCommand();
  }

  @Test
  void shouldCountEachFileAndEndWithNoughtWhenNoneDisagrees() throws IOException {
    Path report = folder.resolve("r.json");
    int exit =
        product.run(
            "replay",
            trace("fd.jsonl", RIGHT + "\n" + RIGHT),
            trace("other", RIGHT),
            "--report",
            report.toString());
    assertThat(exit).isZero();
    assertThat(product.out().lines())
        .containsExactly(
            "fd: scenarios 1, steps 2, disagree 0", "other: scenarios 1, steps 1, disagree 0");
    JsonNode families = new ObjectMapper().readTree(report.toFile());
    assertThat(families.at("/families/fd/steps").intValue()).isEqualTo(2);
    assertThat(families.at("/families/fd/disagree").intValue()).isZero();
    assertThat(families.at("/families/other/scenarios").intValue()).isEqualTo(1);
  }

  @Test
  void shouldRunOnAClockThatIsTurnedByHand() throws IOException {
    product.run("replay", trace("fd.jsonl", RIGHT));
    assertThat(product.err()).containsExactly("The clock is MANUAL.");
  }

  @Test
  void shouldRunOnTheTimeOfTheMachineWhenAsked() throws IOException {
    assertThat(product.run("replay", "--real-time", trace("fd.jsonl", RIGHT))).isZero();
    assertThat(product.err()).containsExactly("The clock is null.");
  }

  @Test
  void shouldEndWithOneAndListBothAnswersOfADisagreement() throws IOException {
    assertThat(product.run("replay", "--list", trace("fd.jsonl", RIGHT + WRONG))).isEqualTo(1);
    assertThat(product.out().lines())
        .containsExactly(
            "a/1 step 2, wrong: recorded {\"ok\":true,\"pos\":0}, here {\"err\":\"EBADF\"}",
            "fd: scenarios 1, steps 2, disagree 1");
  }

  @Test
  void shouldListNothingUnlessAsked() throws IOException {
    assertThat(product.run("replay", trace("fd.jsonl", WRONG))).isEqualTo(1);
    assertThat(product.out().lines()).containsExactly("fd: scenarios 1, steps 1, disagree 1");
  }

  @Test
  void shouldSayHowItIsUsed() {
    assertThat(product.run("replay", "--help")).isZero();
    assertThat(product.out()).contains("Usage: dmabuf replay", "--list", "--report=FILE.json");
  }

  @ParameterizedTest
  @MethodSource("wrongInput")
  void shouldRefuseWithOneSentence(String expected, List<String> options) throws IOException {
    trace("good.jsonl", RIGHT);
    trace("empty.jsonl", "\n \n");
    trace("cut.jsonl", RIGHT + RIGHT.substring(0, 20) + "\n");
    trace("two.jsonl", RIGHT.strip() + " {}\n");
    trace("list.jsonl", "[1]\n");
    trace("null.jsonl", "null\n");
    trace("bare.jsonl", "{\"s\":\"a\",\"n\":1,\"op\":\"dup\"}\n");
    Files.write(folder.resolve("bytes.jsonl"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    String[] args =
        Stream.concat(
                Stream.of("replay"),
                options.stream().map(option -> option.replace("DIR", folder.toString())))
            .toArray(String[]::new);
    assertThat(product.run(args)).isEqualTo(2);
    assertThat(product.err()).singleElement().asString().contains(expected).endsWith(".");
    assertThat(product.out()).isEmpty();
    assertThat(Files.readString(folder.resolve("good.jsonl"))).isEqualTo(RIGHT);
  }

  static Stream<Arguments> wrongInput() {
    return Stream.of(
        Arguments.of("FILE", List.of()),
        Arguments.of("There is no file", List.of("DIR/none.jsonl")),
        Arguments.of("is a folder", List.of("DIR")),
        Arguments.of("has no step", List.of("DIR/empty.jsonl")),
        Arguments.of("line 2, is no step: it is not one JSON object", List.of("DIR/cut.jsonl")),
        Arguments.of(
            "line 1, is no step: it is not one", List.of("DIR/good.jsonl", "DIR/two.jsonl")),
        Arguments.of("line 1, is no step: it is not one", List.of("DIR/list.jsonl")),
        Arguments.of("line 1, is no step: one has", List.of("DIR/null.jsonl")),
        Arguments.of("line 1, is no step: one has", List.of("DIR/bare.jsonl")),
        Arguments.of("not text in UTF-8", List.of("DIR/bytes.jsonl")),
        Arguments.of("no folder", List.of("DIR/good.jsonl", "--report", "DIR/none/r.json")),
        Arguments.of(
            "write over the source", List.of("DIR/good.jsonl", "--report", "DIR/good.jsonl")),
        Arguments.of("Unknown option", List.of("DIR/good.jsonl", "--nope")));
  }

  private String trace(String name, String lines) throws IOException {
    return Files.writeString(folder.resolve(name), lines, StandardCharsets.UTF_8).toString();
  }
}
