package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.dmabuf.planted.pipeline.Configured;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The framework or a subsystem is updated and refreshed under a pipeline: all that depends on it is
 * restarted, in order, and frames go on. From outside of the framework, as a test inside depends on
 * it, too.
 */
class RestartIT {
  private static final Pattern RUNNING = Pattern.compile("planted\\s+RUNNING\\s+\\d+\\s+(\\d+)");
  private static final String PIPELINE = "org.dmabuf.pipeline.Pipeline";
  private static final String OF_PIPELINE = "org.dmabuf.application.pipeline";
  private static final String EXPORTER = "org.dmabuf.negotiation.BufferExporter";

  @TempDir Path folder;
  private ShellProcess shell;

  /** What depends on it is known by a service of a bundle, which has another number then. */
  @ParameterizedTest
  @CsvSource({
    "org.dmabuf.framework, " + OF_PIPELINE + ", " + PIPELINE,
    "org.dmabuf.subsystem.heap, org.dmabuf.exporter.heap, " + EXPORTER,
    "org.dmabuf.subsystem.gem, org.dmabuf.exporter.gem, " + EXPORTER,
    "org.dmabuf.subsystem.video, " + OF_PIPELINE + ", " + PIPELINE,
    "org.dmabuf.subsystem.display, " + OF_PIPELINE + ", " + PIPELINE,
    "org.dmabuf.subsystem.pixel, " + OF_PIPELINE + ", " + PIPELINE,
  })
  void updateIsAnOrderlyRestart(String bundle, String owner, String service) throws Exception {
    Path bundles = folder.resolve("bundles");
    PlantedBundle.pack(bundles, "org.dmabuf.planted.pipeline", Configured.class);
    shell = ShellProcess.start(new Dmabuf(folder), "--bundles", bundles.toString());
    awaitFrames();
    String look = "inspect c service " + id(owner);
    Pattern number =
        Pattern.compile(Pattern.quote(service) + " with properties:[^;]*?service\\.id = (\\d+)\\n");
    String before = shell.ask(look, number).group(1);
    String id = id(bundle);
    shell.say("update " + id + " " + Dmabuf.bundle(bundle).toUri());
    shell.say("refresh " + id);
    shell.ask(look, number, found -> !found.group(1).equals(before));
    awaitFrames();
    Dmabuf.Run run = shell.exit();
    run.exits(0).leftNothing();
    assertThat(run.err()).as("warnings and errors").isEmpty();
  }

  private String id(String bundle) throws Exception {
    Pattern line = Pattern.compile("(\\d+)\\|[^\\n]*\\|" + Pattern.quote(bundle) + " ");
    return shell.ask("lb -s", line).group(1);
  }

  /** More frames come than there were at the first look. */
  private void awaitFrames() throws Exception {
    // While the shell's own commands are restarted, they are not there.
    String look = "try { pipelines } { echo waits }";
    String first = shell.ask(look, RUNNING).group(1);
    shell.ask(look, RUNNING, found -> !found.group(1).equals(first));
  }
}
