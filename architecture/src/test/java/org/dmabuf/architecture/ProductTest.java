package org.dmabuf.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule holds over every class of the product. */
final class ProductTest {
  /** Ours, but not this module's own. */
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("org.dmabuf");

  @TestFactory
  Stream<DynamicTest> shouldKeep() {
    return Rule.all().map(rule -> DynamicTest.dynamicTest(rule.name(), () -> keeps(rule.rule())));
  }

  private static void keeps(ArchRule rule) {
    rule.allowEmptyShould(true).check(PRODUCT);
  }

  @Test
  void shouldHaveSeenEveryRoom() {
    for (var room :
        List.of(
            Rooms.FRAMEWORK,
            Rooms.SUBSYSTEM,
            Rooms.EXPORTER,
            Rooms.IMPORTER,
            Rooms.APPLICATION,
            Rooms.LAUNCHER)) {
      assertThat(PRODUCT.that(room)).as("classes of %s", room.getDescription()).isNotEmpty();
    }
  }

  @Test
  void shouldHaveCleanManifests() {
    var manifests = Manifests.ofBundles();
    assertThat(manifests).extracting(Manifests::name).hasSizeGreaterThanOrEqualTo(11);
    assertThat(manifests).flatExtracting(Manifests::violations).isEmpty();
  }
}
