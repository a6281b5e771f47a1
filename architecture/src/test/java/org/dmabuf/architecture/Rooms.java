package org.dmabuf.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

/**
 * Which room of the house a class belongs to, by its package.
 *
 * <pre>
 *   application ----&gt; subsystem ----&gt; framework
 *   driver ---------&gt; subsystem ----&gt; framework
 *   launcher (no bundle, names none of them)
 *
 *   the subsystems video and display --&gt; the subsystem pixel
 * </pre>
 */
final class Rooms {
  static final DescribedPredicate<JavaClass> EXPORTER =
      resideInAnyPackage("org.dmabuf.exporter..", "org.dmabuf.example..").as("an exporter");
  static final DescribedPredicate<JavaClass> IMPORTER =
      resideInAPackage("org.dmabuf.importer..").as("an importer");
  static final DescribedPredicate<JavaClass> DRIVER = EXPORTER.or(IMPORTER).as("a driver");
  static final DescribedPredicate<JavaClass> SUBSYSTEM =
      resideInAnyPackage(
              "org.dmabuf.pixel..",
              "org.dmabuf.heap..",
              "org.dmabuf.gem..",
              "org.dmabuf.video..",
              "org.dmabuf.display..")
          .as("a subsystem");
  static final DescribedPredicate<JavaClass> APPLICATION =
      resideInAnyPackage(
              "org.dmabuf.media..",
              "org.dmabuf.pipeline..",
              "org.dmabuf.shell..",
              "org.dmabuf.demo..",
              "org.dmabuf.replay..",
              "org.dmabuf.storm..",
              "org.dmabuf.views..",
              "org.dmabuf.netty..")
          .as("an application");
  static final DescribedPredicate<JavaClass> LAUNCHER =
      resideInAPackage("org.dmabuf.launcher..").as("the launcher");
  static final DescribedPredicate<JavaClass> FRAMEWORK =
      resideInAPackage("org.dmabuf..")
          .and(DescribedPredicate.not(DRIVER.or(SUBSYSTEM).or(APPLICATION).or(LAUNCHER)))
          .as("the framework");
  static final DescribedPredicate<JavaClass> BUNDLE =
      resideInAPackage("org.dmabuf..").and(DescribedPredicate.not(LAUNCHER)).as("a bundle");

  private Rooms() {}
}
