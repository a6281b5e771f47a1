package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./dmabuf replay} as a process, on the traces that are in the project. */
class ReplayIT {
  private static final Path TRACES =
      Path.of(System.getProperty("dmabuf.command")).resolveSibling("traces").normalize();

  @TempDir Path folder;

  @Test
  void agreesWithTheKernelOnWhatIsHere() throws Exception {
    Dmabuf dmabuf = new Dmabuf(folder);
    Run run =
        dmabuf.run(
            "replay",
            "--list",
            "--report",
            dmabuf.report().toString(),
            trace("alloc"),
            trace("fd"),
            trace("fd-fence"),
            trace("fence"),
            trace("syncobj"),
            trace("alloc-gem"),
            trace("fd-gem"),
            trace("fence-gem"),
            trace("syncobj-gem"),
            trace("prime"),
            trace("vgemfence"));
    run.exits(0).leftNothing();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsExactly(
            "alloc: scenarios 175, steps 3717, disagree 0",
            "fd: scenarios 49, steps 717, disagree 0",
            "fd-fence: scenarios 80, steps 1643, disagree 0",
            "fence: scenarios 113, steps 2217, disagree 0",
            "syncobj: scenarios 188, steps 4497, disagree 0",
            "alloc-gem: scenarios 1, steps 9, disagree 0",
            "fd-gem: scenarios 84, steps 1658, disagree 0",
            "fence-gem: scenarios 84, steps 1890, disagree 0",
            "syncobj-gem: scenarios 7, steps 76, disagree 0",
            "prime: scenarios 196, steps 3937, disagree 0",
            "vgemfence: scenarios 173, steps 4145, disagree 0");
    assertThat(run.json().get("families").properties())
        .extracting(family -> family.getKey())
        .startsWith("alloc", "fd", "fd-fence", "fence", "syncobj")
        .hasSize(11);
    JsonNode fences = run.json().at("/families/fd-fence");
    assertThat(fences.get("scenarios").intValue()).isEqualTo(80);
    assertThat(fences.get("steps").intValue()).isEqualTo(1643);
    assertThat(fences.get("disagree").intValue()).isZero();
  }

  @Test
  void findsTheOneAnswerThatWasAltered() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(trace("fd"))));
    int altered = 0;
    while (!lines.get(altered).contains("\"expect\":{\"err\":\"EINVAL\"}")) {
      altered++;
    }
    lines.set(altered, lines.get(altered).replace("EINVAL", "EACCES"));
    Path file = Files.write(folder.resolve("altered.jsonl"), lines);
    Run run = new Dmabuf(folder).run("replay", "--list", file.toString());
    run.exits(1).leftNothing();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).hasSize(2);
    assertThat(run.out().getFirst())
        .endsWith("recorded {\"err\":\"EACCES\"}, here {\"err\":\"EINVAL\"}");
    assertThat(run.out().getLast()).isEqualTo("altered: scenarios 49, steps 717, disagree 1");
  }

  @Test
  void countsADeviceThatIsNotThereAsADisagreement() throws Exception {
    Path file = folder.resolve("none.jsonl");
    Files.writeString(
        file,
        """
        {"s":"none/1","n":1,"op":"open","dev":"nowhere","as":"d0","expect":{"ok":true}}
        """);
    Run run = new Dmabuf(folder).run("replay", file.toString());
    run.exits(1).leftNothing();
    assertThat(run.out()).containsExactly("none: scenarios 1, steps 1, disagree 1");
  }

  @Test
  void saysWrongInputInOneSentence() throws Exception {
    Path file = Files.writeString(folder.resolve("cut.jsonl"), "{\"s\":\"a\",\n");
    for (String wrong : List.of("none.jsonl", file.toString(), folder.toString())) {
      Run run = new Dmabuf(folder).run("replay", wrong);
      run.exits(2).leftNothing();
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).singleElement().asString().endsWith(".").doesNotContain("Exception");
    }
  }

  private static String trace(String family) {
    return TRACES.resolve(family + ".jsonl").toString();
  }
}
