package org.dmabuf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dmabuf.planted.FrameworkThatCopies;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule is broken by a class that was planted for it: a rule that sees nothing is none. */
final class PlantedTest {
  private static final JavaClasses PLANTED =
      new ClassFileImporter()
          .withImportOption(location -> location.contains("/planted/"))
          .importPackages("org.dmabuf");

  @TestFactory
  Stream<DynamicTest> shouldFind() {
    return Rule.all().map(rule -> DynamicTest.dynamicTest(rule.name(), () -> finds(rule)));
  }

  private static void finds(Rule rule) {
    EvaluationResult result = rule.rule().evaluate(PLANTED);
    assertThat(result.getFailureReport().getDetails())
        .anySatisfy(detail -> assertThat(detail).contains(rule.planted().getName()));
  }

  /** Each kind of copy has a method of its own in the planted class, and each is seen. */
  @Test
  void shouldFindEveryKindOfCopy() {
    JavaClass copies = PLANTED.get(FrameworkThatCopies.class);
    String report =
        FrameBytes.MOVE_ONLY_THROUGH_MEMORY.evaluate(PLANTED).getFailureReport().toString();
    assertThat(copies.getMethods())
        .allSatisfy(method -> assertThat(report).contains(method.getFullName()));
  }

  @Test
  void shouldFindADriverThatExports() throws IOException {
    assertThat(
            Manifests.violations(
                manifest(
                    Map.of(
                        "Bundle-SymbolicName", "org.dmabuf.exporter.planted",
                        "Export-Package", "org.dmabuf.exporter.planted"))))
        .singleElement()
        .asString()
        .contains("is a driver and exports");
  }

  @Test
  void shouldFindADynamicImportAndARequiredBundle() throws IOException {
    assertThat(
            Manifests.violations(
                manifest(
                    Map.of(
                        "Bundle-SymbolicName", "org.dmabuf.planted",
                        "DynamicImport-Package", "*",
                        "Require-Bundle", "x"))))
        .hasSize(2);
  }

  @Test
  void shouldFindAWireToADriver() throws IOException {
    assertThat(
            Manifests.violations(
                manifest(
                    Map.of(
                        "Bundle-SymbolicName",
                        "org.dmabuf.planted",
                        "Require-Capability",
                        "dmabuf.source;effective:=active;filter:=\"(a=b)\","
                            + "dmabuf.exporter;filter:=\"(dmabuf.exporter=system)\""))))
        .singleElement()
        .asString()
        .contains("wired to a driver by dmabuf.exporter");
  }

  private static Manifest manifest(Map<String, String> headers) throws IOException {
    String text =
        headers.entrySet().stream()
            .map(header -> header.getKey() + ": " + header.getValue() + "\n")
            .collect(Collectors.joining("", "Manifest-Version: 1.0\n", "\n"));
    return new Manifest(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
