package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A product that is not whole says what is missing. */
final class MissingCommandTest {
  @TempDir Path folder;

  @Test
  void shouldNameTheBundleThatIsNotResolvedAndTheComponentThatWaits() throws Exception {
    TestProduct product =
        new TestProduct(folder.resolve("product"))
            .withLibraries(
                "org.apache.felix.scr",
                "org.osgi.service.component-",
                "org.osgi.util.promise",
                "org.osgi.util.function");
    TestProduct.bundle(
        product.bundles(), "test.unresolved", "1.0.0", Map.of("Import-Package", "no.such.thing"));
    componentBundle(product.bundles());
    Product description = new Product(product.folder().resolve(Product.DEFAULT));
    try (RunningProduct running =
        RunningProduct.start(description, BundleSelection.of(description), Map.of())) {
      assertThat(running.awaitService("(dmabuf.command=demo)", Duration.ofMillis(10))).isEmpty();
      assertThat(running.problems())
          .containsExactly(
              "Bundle test.unresolved 1.0.0 is installed, but not resolved: something that it"
                  + " imports is missing.",
              "Component test.waiting waits for driver.");
      assertThat(running.startErrors()).singleElement().asString().contains("no.such.thing");
    }
  }

  @Test
  void shouldRefuseAGivenBundleThatDoesNotStart() throws Exception {
    TestProduct product = new TestProduct(folder.resolve("product")).withCommand();
    Path given = Files.createDirectory(folder.resolve("given"));
    TestProduct.bundle(given, "test.given", "1.0.0", Map.of("Import-Package", "no.such.thing"));
    StringWriter err = new StringWriter();
    int status =
        Main.run(
            product.folder(),
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            "demo",
            "--bundles",
            given.toString());
    assertThat(status).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("test.given")
        .contains("no.such.thing");
  }

  private static void componentBundle(Path folder) throws IOException {
    Path jar =
        TestProduct.bundle(
            folder,
            "test.component",
            "1.0.0",
            Map.of("Service-Component", "OSGI-INF/waiting.xml"),
            Waiting.class);
    try (var zip = FileSystems.newFileSystem(jar)) {
      Files.createDirectories(zip.getPath("OSGI-INF"));
      Files.writeString(
          zip.getPath("OSGI-INF", "waiting.xml"),
          "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\"test.waiting\""
              + " immediate=\"true\"><implementation class=\""
              + Waiting.class.getName()
              + "\"/><reference name=\"driver\" interface=\"java.lang.Runnable\" field=\"driver\"/>"
              + "</scr:component>");
    }
  }

  /** A component that never becomes satisfied. */
  public static final class Waiting {
    Runnable driver;
  }
}
