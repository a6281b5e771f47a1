package org.dmabuf.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** What the bundles' manifests must not say. */
final class Manifests {
  private Manifests() {}

  /** Returns the manifests of our bundles on the class path. */
  static List<Manifest> ofBundles() {
    List<Manifest> manifests = new ArrayList<>();
    try {
      for (URL url :
          Collections.list(Manifests.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
        try (InputStream in = url.openStream()) {
          Manifest manifest = new Manifest(in);
          if (name(manifest).startsWith("org.dmabuf.")) {
            manifests.add(manifest);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return manifests;
  }

  /** Returns what is wrong with a manifest, each one line. */
  static List<String> violations(Manifest manifest) {
    Attributes main = manifest.getMainAttributes();
    List<String> violations = new ArrayList<>();
    boolean driver =
        name(manifest).startsWith("org.dmabuf.exporter.")
            || name(manifest).startsWith("org.dmabuf.importer.");
    if (driver && main.getValue("Export-Package") != null) {
      violations.add(
          name(manifest) + " is a driver and exports " + main.getValue("Export-Package"));
    }
    if (main.getValue("DynamicImport-Package") != null) {
      violations.add(
          name(manifest) + " imports at run time " + main.getValue("DynamicImport-Package"));
    }
    if (main.getValue("Require-Bundle") != null) {
      violations.add(name(manifest) + " requires a bundle " + main.getValue("Require-Bundle"));
    }
    String required = main.getValue("Require-Capability");
    if (required != null) {
      for (String clause : required.split(",(?=[a-z])", -1)) {
        if (clause.startsWith("dmabuf.") && !clause.contains("effective:=active")) {
          violations.add(name(manifest) + " would be wired to a driver by " + clause);
        }
      }
    }
    return violations;
  }

  static String name(Manifest manifest) {
    String name = manifest.getMainAttributes().getValue("Bundle-SymbolicName");
    return name == null ? "" : name;
  }
}
