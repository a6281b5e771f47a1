package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellCommandTest {
  private final InputStream standardInput = System.in;
  @TempDir Path folder;
  private TestProduct product;

  @BeforeEach
  void makeProduct() throws IOException {
    product =
        new TestProduct(folder.resolve("product"))
            .withLibraries("org.apache.felix.gogo.runtime", "org.apache.felix.gogo.command");
  }

  @AfterEach
  void restoreInput() {
    System.setIn(standardInput);
  }

  @Test
  void shouldRunOneCommand() {
    assertThat(product.run("shell", "-c", "a = 'hello'")).isEqualTo(0);
    assertThat(product.out()).isEqualToIgnoringNewLines("hello");
    assertThat(product.err()).isEmpty();
  }

  @Test
  void shouldEndWithOneWhenACommandFails() {
    assertThat(product.run("shell", "-c", "nonsense")).isEqualTo(1);
    assertThat(product.err()).containsExactly("nonsense: Command not found: nonsense");
  }

  @Test
  void shouldRunLinesUntilExit() {
    feed("# a comment\na = 'one'\n\nb = 'two'\nexit\nnonsense\n");
    assertThat(product.run("shell")).isEqualTo(0);
    assertThat(product.out().lines()).containsExactly("one", "two");
  }

  @Test
  void shouldEndAtTheFirstLineThatFails() {
    feed("nonsense\na = 'one'\n");
    assertThat(product.run("shell")).isEqualTo(1);
    assertThat(product.out()).isEmpty();
  }

  private static void feed(String lines) {
    System.setIn(new ByteArrayInputStream(lines.getBytes(Charset.defaultCharset())));
  }
}
