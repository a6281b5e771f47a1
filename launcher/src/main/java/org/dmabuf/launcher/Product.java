package org.dmabuf.launcher;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * A product as the distribution lays it out.
 *
 * <pre>
 *   default/
 *     bundles/      what runs
 *     successors/   the next versions of the drivers, for swaps
 *     conf/         felix.properties, logback.xml, java-logging.properties
 *     lib/          the launcher and what it needs
 * </pre>
 *
 * @param folder the product's folder
 */
record Product(Path folder) {
  static final String DEFAULT = "default";
  static final String HEADLESS = "headless";

  Path bundles() {
    return folder.resolve("bundles");
  }

  Path successors() {
    return folder.resolve("successors");
  }

  Path configuration() {
    return folder.resolve("conf");
  }

  Path logConfiguration() {
    return configuration().resolve("logback.xml");
  }

  /** For what logs by the JDK's own means, before there is another log. */
  Path javaLogConfiguration() {
    return configuration().resolve("java-logging.properties");
  }

  /** Reads the properties of the framework. */
  Properties properties() throws IOException {
    Properties properties = new Properties();
    try (Reader reader =
        Files.newBufferedReader(
            configuration().resolve("felix.properties"), StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    return properties;
  }
}
