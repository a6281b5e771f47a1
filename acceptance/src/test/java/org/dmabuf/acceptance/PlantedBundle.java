package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import aQute.bnd.osgi.Builder;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Packs a package of test classes as a bundle, as the build packs a driver. */
final class PlantedBundle {
  static final String CAPTURE = "org.dmabuf.importer.v4l2";
  static final String DISPLAY = "org.dmabuf.importer.display";
  static final String MEDIA = "org.dmabuf.application.media";
  static final String KEEPER = "org.dmabuf.planted.keeper";

  private PlantedBundle() {}

  /**
   * Packs version 1.0.0.
   *
   * @param folder where the jar goes; made when it is not there
   * @param name the Bundle-SymbolicName: that of the driver whose place it takes, or a new one
   * @param component a class of the package that is packed
   * @param fault what the component finds in the header Planted-Fault
   * @return the folder
   */
  static Path pack(Path folder, String name, Class<?> component, Enum<?> fault) throws Exception {
    return pack(folder, name, component, Map.of("Planted-Fault", fault.name()));
  }

  /** As the other, of one that has no fault. */
  static Path pack(Path folder, String name, Class<?> component) throws Exception {
    return pack(folder, name, component, Map.of());
  }

  private static Path pack(
      Path folder, String name, Class<?> component, Map<String, String> headers) throws Exception {
    Files.createDirectories(folder);
    try (Builder builder = new Builder()) {
      builder.setClasspath(classPath(component));
      builder.setProperty("Bundle-SymbolicName", name);
      builder.setProperty("Bundle-Version", "1.0.0");
      builder.setProperty("-privatepackage", component.getPackageName());
      headers.forEach(builder::setProperty);
      builder.build().write(folder.resolve(name + ".jar").toFile());
      assertThat(builder.getErrors()).isEmpty();
    }
    return folder;
  }

  /** What is packed, and the jars whose package versions its imports get. */
  private static File[] classPath(Class<?> component) throws Exception {
    List<File> files = new ArrayList<>();
    files.add(new File(component.getProtectionDomain().getCodeSource().getLocation().toURI()));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar") && (entry.contains("dmabuf") || entry.contains("osgi"))) {
        files.add(new File(entry));
      }
    }
    return files.toArray(File[]::new);
  }
}
