package org.dmabuf.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar and what its manifest says it is.
 *
 * @param path the absolute path of the jar
 * @param name its Bundle-SymbolicName, without directives
 * @param version its Bundle-Version
 * @param fragment whether it is a fragment, which is never started
 */
record BundleJar(Path path, String name, Version version, boolean fragment) {
  /**
   * Reads a jar's manifest.
   *
   * @throws InputException when it is no jar, or a jar that is no bundle
   */
  static BundleJar read(Path path) {
    try (JarFile jar = new JarFile(path.toFile())) {
      Manifest manifest = jar.getManifest();
      Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
      String name = main.getValue(Constants.BUNDLE_SYMBOLICNAME);
      if (name == null) {
        throw new InputException(path + " is no bundle: its manifest has no Bundle-SymbolicName.");
      }
      String version = main.getValue(Constants.BUNDLE_VERSION);
      return new BundleJar(
          path.toAbsolutePath().normalize(),
          name.replaceFirst(";.*", "").strip(),
          Version.parseVersion(version),
          main.getValue(Constants.FRAGMENT_HOST) != null);
    } catch (IOException e) {
      throw new InputException(
          path + " is no bundle: it cannot be read as a jar (" + e.getMessage() + ").");
    } catch (IllegalArgumentException e) {
      throw new InputException(path + " is no bundle: " + e.getMessage() + ".");
    }
  }

  /**
   * Reads every jar of a folder, in the order of the names.
   *
   * @throws InputException when there is no such folder, or one of the jars is no bundle
   */
  static List<BundleJar> readAll(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException("There is no folder " + folder + " to take bundles from.");
    }
    List<BundleJar> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.getFileName().toString().endsWith(".jar"))
          .sorted()
          .forEach(file -> jars.add(read(file)));
    } catch (IOException e) {
      throw new InputException("The folder " + folder + " cannot be read: " + e + ".");
    }
    return jars;
  }

  /** Returns the jar's address, as a swap installs it. */
  String uri() {
    return path.toUri().toString();
  }
}
