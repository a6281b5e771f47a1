package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dmabuf.acceptance.Dmabuf.Run;

/** A shell of the product that is asked line by line, as by a program. */
final class ShellProcess {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long LOOK_MILLIS = 50;

  private final Dmabuf dmabuf;
  private final Process process;
  private int asked;
  private int seen; // characters of its output that were read

  private ShellProcess(Dmabuf dmabuf, Process process) {
    this.dmabuf = dmabuf;
    this.process = process;
  }

  static ShellProcess start(Dmabuf dmabuf, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("shell"));
    arguments.addAll(List.of(options));
    return new ShellProcess(dmabuf, dmabuf.startFed(arguments.toArray(String[]::new)));
  }

  /** Asks it something; what it answers is awaited. */
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Asks it the same again and again until an answer has a text; returns that. */
  MatchResult ask(String line, Pattern text) throws Exception {
    return ask(line, text, any -> true);
  }

  /** Asks it the same again and again until an answer has a text that will do; returns that. */
  MatchResult ask(String line, Pattern text, Predicate<MatchResult> enough) throws Exception {
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (true) {
      Optional<MatchResult> found =
          text.matcher(answer(line, deadline)).results().filter(enough).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
  }

  /** Asks once, and waits for all of the answer: the next question comes after it. */
  private String answer(String line, long deadline) throws Exception {
    String end = "answer " + ++asked + " ends\n";
    say(line);
    say("echo " + end.strip());
    int from = seen;
    while (true) {
      String all = Files.readString(dmabuf.out());
      int at = all.indexOf(end, from);
      if (at >= 0) {
        seen = at + end.length();
        return all.substring(from, at);
      }
      assertThat(process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS))
          .as("ended by itself; %s", told())
          .isFalse();
      assertThat(System.nanoTime() - deadline)
          .as("time over for the answer to '%s'; %s", line, told())
          .isNegative();
    }
  }

  private String told() throws IOException {
    return "stdout "
        + Files.readString(dmabuf.out())
        + ", stderr "
        + Files.readString(dmabuf.err());
  }

  /** Ends it. */
  Run exit() throws Exception {
    say("exit");
    process.getOutputStream().close();
    return dmabuf.await(process);
  }
}
