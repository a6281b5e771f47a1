package org.dmabuf.launcher;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.dmabuf.launcher.bundle.CommandActivator;

/** Products in a folder of a test: the default and the headless one, alike. */
final class TestProduct {
  static final String COMMAND_BUNDLE = "test.command";

  private final Path products;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  TestProduct(Path products) throws IOException {
    this.products = products;
    for (String name : List.of(Product.DEFAULT, Product.HEADLESS)) {
      Path folder = products.resolve(name);
      Files.createDirectories(folder.resolve("bundles"));
      Files.createDirectories(folder.resolve("successors"));
      Files.createDirectories(folder.resolve("conf"));
      Files.writeString(
          folder.resolve("conf").resolve("felix.properties"),
          """
          felix.log.level=0
          felix.shutdown.hook=false
          felix.resolver.parallelism=1
          dmabuf.startlevel.1=test.first
          """);
      Files.writeString(folder.resolve("conf").resolve("java-logging.properties"), ".level=OFF\n");
      Files.writeString(folder.resolve("conf").resolve("logback.xml"), "<configuration/>\n");
    }
  }

  /** Adds the bundle with the command demo. */
  TestProduct withCommand() throws IOException {
    for (String name : List.of(Product.DEFAULT, Product.HEADLESS)) {
      commandBundle(products.resolve(name).resolve("bundles"), "1.0.0");
    }
    return this;
  }

  /** Adds jars of the test's class path whose names begin so to the default product. */
  TestProduct withLibraries(String... prefixes) throws IOException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      for (String prefix : prefixes) {
        if (jar.getFileName() != null && jar.getFileName().toString().startsWith(prefix)) {
          Files.copy(jar, bundles().resolve(jar.getFileName().toString()));
        }
      }
    }
    return this;
  }

  Path folder() {
    return products;
  }

  Path bundles() {
    return products.resolve(Product.DEFAULT).resolve("bundles");
  }

  Path successors() {
    return products.resolve(Product.DEFAULT).resolve("successors");
  }

  int run(String... args) {
    return Main.run(products, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  String out() {
    return out.toString();
  }

  List<String> err() {
    return err.toString().lines().toList();
  }

  static Path commandBundle(Path folder, String version) throws IOException {
    return bundle(
        folder,
        COMMAND_BUNDLE,
        version,
        Map.of(
            "Bundle-Activator",
            CommandActivator.class.getName(),
            "Import-Package",
            "org.osgi.framework"),
        CommandActivator.class);
  }

  /** Writes a bundle; returns its jar. */
  static Path bundle(
      Path folder, String name, String version, Map<String, String> headers, Class<?>... classes)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    main.putValue("Bundle-Version", version);
    headers.forEach(main::putValue);
    Path jar = folder.resolve(name + "-" + version + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream stream = new JarOutputStream(file, manifest)) {
      for (Class<?> type : classes) {
        String path = type.getName().replace('.', '/') + ".class";
        stream.putNextEntry(new ZipEntry(path));
        try (InputStream bytes = type.getClassLoader().getResourceAsStream(path)) {
          bytes.transferTo(stream);
        }
      }
    }
    return jar;
  }

  /** Writes a file that ends like a jar and is none. */
  static void noJar(Path file) throws IOException {
    Files.write(file, "not a jar".getBytes(StandardCharsets.UTF_8));
  }
}
