package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A driver that must not compile: what a C driver gets wrong at run time, the types forbid.
 *
 * <p>The body stands in a class that imports the framework's packages; the same class without the
 * mistake is compiled as well, so that the mistake alone is what the compiler refuses.
 */
final class WrongDriver {
  private WrongDriver() {}

  /**
   * Asserts that the compiler refuses a driver.
   *
   * @param wrong members of a class, with the mistake
   * @param right the same without it
   * @param complaint part of what the compiler says
   */
  static void refused(String wrong, String right, String complaint) {
    assertThat(errors(right)).as("without the mistake").isEmpty();
    assertThat(errors(wrong))
        .as("with the mistake")
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error).contains(complaint));
  }

  private static List<String> errors(String members) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      List<String> options =
          List.of("-proc:none", "-Xlint:none", "-classpath", framework(), "-d", outputs());
      compiler
          .getTask(null, files, found, options, null, List.of(new Source(driver(members))))
          .call();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> each.getMessage(Locale.ROOT))
        .toList();
  }

  private static String driver(String members) {
    return """
    import java.util.function.*;
    import org.dmabuf.*;
    import org.dmabuf.fence.*;
    import org.dmabuf.resv.*;
    import org.dmabuf.sg.*;
    class Driver {
      %s
    }
    """
        .formatted(members);
  }

  private static String framework() {
    try {
      return Path.of(DmaBufOps.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String outputs() throws IOException {
    Path directory = java.nio.file.Files.createTempDirectory("wrong-driver");
    directory.toFile().deleteOnExit();
    return directory.toString();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Driver.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
