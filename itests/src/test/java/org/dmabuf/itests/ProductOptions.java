package org.dmabuf.itests;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.ops4j.pax.exam.Option;

/** The product's bundles as options of a test container. */
final class ProductOptions {
  /** In the order in which they start; the log comes first. */
  private static final List<String> LOG =
      List.of(
          "asm",
          "asm-tree",
          "asm-analysis",
          "asm-commons",
          "asm-util",
          "org.apache.aries.spifly.dynamic.bundle",
          "slf4j-api",
          "logback-core",
          "logback-classic");

  private static final List<String> SERVICES =
      List.of(
          "org.osgi.util.function",
          "org.osgi.util.promise",
          "org.osgi.service.component",
          "org.apache.felix.configadmin",
          "org.apache.felix.scr");

  private static final List<String> SHELL =
      List.of(
          "org.apache.felix.gogo.runtime",
          "org.apache.felix.gogo.command",
          "org.dmabuf.application.shell");

  private static final List<String> CORE =
      List.of(
          "org.dmabuf.framework",
          "org.dmabuf.subsystem.pixel",
          "org.dmabuf.subsystem.heap",
          "org.dmabuf.subsystem.gem",
          "org.dmabuf.subsystem.video",
          "org.dmabuf.subsystem.display",
          "org.dmabuf.application.media",
          "org.dmabuf.application.pipeline",
          "org.dmabuf.application.demo",
          "org.dmabuf.application.replay",
          "org.dmabuf.application.storm");

  static final List<String> DRIVERS =
      List.of(
          "org.dmabuf.exporter.heap",
          "org.dmabuf.exporter.gem",
          "org.dmabuf.exporter.udmabuf",
          "org.dmabuf.exporter.virtio",
          "org.dmabuf.exporter.vram",
          "org.dmabuf.importer.v4l2",
          "org.dmabuf.importer.display");

  private ProductOptions() {}

  /** Returns the address of a bundle in the build's folder, by its name without version. */
  static String jar(String name) {
    return new File(System.getProperty("bundles.dir"), name + ".jar").toURI().toString();
  }

  /** Everything but the drivers, and without the shell; tests install the drivers themselves. */
  static Option withoutDrivers() {
    return composite(
        bundles(LOG, 1),
        bundles(SERVICES, 2),
        bundles(CORE, 3),
        bundles(List.of("byte-buddy", "assertj-core"), 3),
        junitBundles());
  }

  /** The headless product. */
  static Option headless() {
    return composite(withoutDrivers(), bundles(DRIVERS, 3));
  }

  /** The default product, without the thread that reads from a terminal. */
  static Option whole() {
    return composite(headless(), bundles(SHELL, 3));
  }

  private static Option bundles(List<String> names, int startLevel) {
    List<Option> options = new ArrayList<>();
    for (String name : names) {
      options.add(bundle(jar(name)).startLevel(startLevel));
    }
    return composite(options.toArray(Option[]::new));
  }
}
