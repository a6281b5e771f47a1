package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.rules.ExternalResource;
import org.junit.rules.TestRule;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * Reads what the product logs during a test: a warning or an error that was not expected fails it,
 * and so does one that was expected and did not come.
 */
final class LogWatch extends ExternalResource implements TestRule {
  private static final Pattern BAD = Pattern.compile("^\\S+ (WARN|ERROR) .*");

  private final Path file = Path.of(System.getProperty("dmabuf.log"));
  private final List<String> expected = new ArrayList<>();
  private long from;

  /** Says what text one warning or error of this test has; each of them as often as it likes. */
  void expect(String text) {
    expected.add(text);
  }

  /** Returns all lines of this test so far. */
  List<String> lines() {
    try (FileChannel log = FileChannel.open(file)) {
      byte[] bytes = new byte[(int) (log.size() - from)];
      log.read(java.nio.ByteBuffer.wrap(bytes), from);
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException failed) {
      throw new AssertionError("The log " + file + " cannot be read", failed);
    }
  }

  /** Returns the warnings and errors of this test so far that have a text. */
  List<String> bad(String text) {
    return bad().stream().filter(line -> line.contains(text)).toList();
  }

  @Override
  public Statement apply(Statement base, Description description) {
    return new Statement() {
      @Override
      public void evaluate() throws Throwable {
        from = Files.exists(file) ? Files.size(file) : 0;
        expected.clear();
        base.evaluate();
        check();
      }
    };
  }

  private void check() {
    assertThat(bad().stream().filter(line -> expected.stream().noneMatch(line::contains)))
        .as("warnings and errors in the log that this test did not expect")
        .isEmpty();
    for (String text : expected) {
      assertThat(bad(text)).as("warnings in the log with '" + text + "'").isNotEmpty();
    }
  }

  private List<String> bad() {
    return lines().stream().filter(line -> BAD.matcher(line).matches()).toList();
  }
}
