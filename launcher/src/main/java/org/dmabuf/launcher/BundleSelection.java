package org.dmabuf.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which jars run and which wait to take their place.
 *
 * @param bundles the bundles to install at the start, one of a name
 * @param successors what a swap may install; those of the caller's folder come before the product's
 */
record BundleSelection(List<BundleJar> bundles, List<BundleJar> successors) {
  /** Selects what the product says. */
  static BundleSelection of(Product product) {
    return new BundleSelection(BundleJar.readAll(product.bundles()), successorsOf(product));
  }

  /**
   * Selects what the product says, with the bundles of a folder over it: of each name in the folder
   * the lowest version takes the place of the product's bundle (or is added), and the higher ones
   * are its successors.
   *
   * @throws InputException when the folder is missing or empty, or one of its jars is no bundle
   */
  static BundleSelection of(Product product, Path folder) {
    List<BundleJar> given = BundleJar.readAll(folder);
    if (given.isEmpty()) {
      throw new InputException("There are no jars in " + folder + " to take bundles from.");
    }
    Map<String, BundleJar> initial = new LinkedHashMap<>();
    for (BundleJar jar : BundleJar.readAll(product.bundles())) {
      initial.put(jar.name(), jar);
    }
    Map<String, BundleJar> lowest = new LinkedHashMap<>();
    List<BundleJar> successors = new ArrayList<>();
    for (BundleJar jar : given.stream().sorted(Comparator.comparing(BundleJar::version)).toList()) {
      if (lowest.putIfAbsent(jar.name(), jar) != null) {
        successors.add(jar);
      }
    }
    initial.putAll(lowest);
    successors.addAll(successorsOf(product));
    return new BundleSelection(List.copyOf(initial.values()), List.copyOf(successors));
  }

  private static List<BundleJar> successorsOf(Product product) {
    return Files.isDirectory(product.successors())
        ? BundleJar.readAll(product.successors())
        : List.of();
  }
}
