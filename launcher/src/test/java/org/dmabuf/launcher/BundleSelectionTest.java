package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BundleSelectionTest {
  @TempDir Path folder;
  private Product product;
  private Path given;

  @BeforeEach
  void makeProduct() throws IOException {
    TestProduct test = new TestProduct(folder.resolve("product"));
    product = new Product(test.folder().resolve(Product.DEFAULT));
    given = Files.createDirectory(folder.resolve("given"));
    bundle(test.bundles(), "a", "1.0.0");
    bundle(test.bundles(), "b", "1.0.0");
    bundle(test.successors(), "a", "1.0.1");
  }

  @Test
  void shouldTakeTheProductAsItIs() {
    BundleSelection selection = BundleSelection.of(product);
    assertThat(names(selection.bundles())).containsExactly("a 1.0.0", "b 1.0.0");
    assertThat(names(selection.successors())).containsExactly("a 1.0.1");
  }

  @Test
  void shouldStartTheLowestGivenVersionAndKeepTheHigherOnes() throws IOException {
    bundle(given, "a", "10.0.0");
    bundle(given, "a", "9.0.0");
    bundle(given, "c", "1.0.0");
    BundleSelection selection = BundleSelection.of(product, given);
    assertThat(names(selection.bundles())).containsExactly("a 9.0.0", "b 1.0.0", "c 1.0.0");
    assertThat(names(selection.successors())).containsExactly("a 10.0.0", "a 1.0.1");
  }

  @Test
  void shouldReadTheNameWithoutDirectives() throws IOException {
    bundle(given, "d;singleton:=true", "1.0.0");
    assertThat(names(BundleSelection.of(product, given).bundles())).contains("d 1.0.0");
  }

  private static void bundle(Path folder, String name, String version) throws IOException {
    TestProduct.bundle(folder, name, version, Map.of());
  }

  private static List<String> names(List<BundleJar> jars) {
    return jars.stream().map(jar -> jar.name() + " " + jar.version()).toList();
  }
}
