package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Drivers that C lets one write, and that do not compile here. */
class WrongDriverTest {
  private static final String MAP =
      "public SgTable map(Attachment a, DmaDirection d) { return null; }";
  private static final String UNMAP =
      "public void unmap(Attachment a, SgTable t, DmaDirection d) {}";
  private static final String RELEASE = "public void release() {}";
  private static final String PIN = "public void pin(Attachment a) {}";
  private static final String UNPIN = "public void unpin(Attachment a) {}";

  private static List<String> errors(String interfaces, String... methods) throws IOException {
    String source =
        "import org.dmabuf.*; import org.dmabuf.sg.*; class Driver implements "
            + interfaces
            + " { "
            + String.join(" ", methods)
            + " }";
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Driver.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:none",
            "-implicit:none",
            "-cp",
            DmaBufOps.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    // Only analyzed: nothing is written.
    ((JavacTask) compiler.getTask(null, null, found, options, null, List.of(file))).analyze();
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == javax.tools.Diagnostic.Kind.ERROR)
        .map(each -> each.getCode() + " " + each.getMessage(Locale.ROOT))
        .toList();
  }

  private static void assertLacks(String method, List<String> errors) {
    assertThat(errors)
        .singleElement()
        .asString()
        .contains("compiler.err.does.not.override.abstract", method + "(");
  }

  @Test
  void wholeDriverCompiles() throws IOException {
    assertThat(errors("DmaBufOps", MAP, UNMAP, RELEASE)).isEmpty();
    assertThat(errors("DmaBufOps, DmaBufOps.Pinnable", MAP, UNMAP, RELEASE, PIN, UNPIN)).isEmpty();
  }

  @Test
  @Row("C1")
  void driverWithoutMapUnmapOrReleaseDoesNotCompile() throws IOException {
    assertLacks("map", errors("DmaBufOps", UNMAP, RELEASE));
    assertLacks("unmap", errors("DmaBufOps", MAP, RELEASE));
    assertLacks("release", errors("DmaBufOps", MAP, UNMAP));
  }

  @Test
  @Row("C3")
  void driverThatPinsAndCannotUnpinDoesNotCompile() throws IOException {
    String both = "DmaBufOps, DmaBufOps.Pinnable";
    assertLacks("unpin", errors(both, MAP, UNMAP, RELEASE, PIN));
    assertLacks("pin", errors(both, MAP, UNMAP, RELEASE, UNPIN));
  }
}
