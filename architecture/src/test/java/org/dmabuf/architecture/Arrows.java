package org.dmabuf.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Who may name whom. */
final class Arrows {
  static final ArchRule FRAMEWORK_NEEDS_ONLY_OSGI_AND_SLF4J =
      classes()
          .that(Rooms.FRAMEWORK)
          .should()
          .onlyDependOnClassesThat(
              Rooms.FRAMEWORK.or(resideInAnyPackage("java..", "org.osgi..", "org.slf4j..")));

  static final ArchRule SUBSYSTEM_NAMES_ONLY_THE_FRAMEWORK =
      noClasses()
          .that(Rooms.SUBSYSTEM)
          .should()
          .dependOnClassesThat(Rooms.DRIVER.or(Rooms.APPLICATION).or(Rooms.LAUNCHER));

  static final ArchRule SUBSYSTEMS_STAND_ALONE =
      slices()
          .matching("org.dmabuf.(heap|gem|video|display)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  /** What video and display have in common lies below both. */
  static final ArchRule PIXEL_NAMES_ONLY_THE_FRAMEWORK =
      classes()
          .that()
          .resideInAPackage("org.dmabuf.pixel..")
          .should()
          .onlyDependOnClassesThat(
              Rooms.FRAMEWORK.or(
                  resideInAnyPackage(
                      "org.dmabuf.pixel..",
                      "java..",
                      "jdk.incubator.vector..",
                      "org.osgi..",
                      "org.slf4j..")));

  static final ArchRule DRIVER_NAMES_NO_APPLICATION =
      noClasses()
          .that(Rooms.DRIVER)
          .should()
          .dependOnClassesThat(Rooms.APPLICATION.or(Rooms.LAUNCHER));

  static final ArchRule DRIVERS_STAND_ALONE =
      slices().matching("org.dmabuf.(exporter|importer).(*)..").should().notDependOnEachOther();

  static final ArchRule EXPORTER_NAMES_NO_IMPORTER =
      noClasses().that(Rooms.EXPORTER).should().dependOnClassesThat(Rooms.IMPORTER);

  static final ArchRule IMPORTER_NAMES_NO_EXPORTER =
      noClasses().that(Rooms.IMPORTER).should().dependOnClassesThat(Rooms.EXPORTER);

  static final ArchRule APPLICATION_NAMES_NO_DRIVER =
      noClasses()
          .that(Rooms.APPLICATION)
          .should()
          .dependOnClassesThat(Rooms.DRIVER.or(Rooms.LAUNCHER));

  static final ArchRule LAUNCHER_NAMES_NO_BUNDLE =
      noClasses().that(Rooms.LAUNCHER).should().dependOnClassesThat(Rooms.BUNDLE);

  /** They pin the class loaders of those who call them, so no bundle below may. */
  static final ArchRule ONLY_APPLICATIONS_USE_AWT_AND_JFR =
      noClasses()
          .that(Rooms.BUNDLE.and(not(Rooms.APPLICATION)))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.awt..", "javax.imageio..", "javax.swing..", "jdk.jfr.."));

  /** Internal packages are not for other bundles. */
  static final ArchRule INTERNALS_STAY_INSIDE =
      classes().that().resideInAPackage("org.dmabuf..").should(nameOnlyInternalsOfTheirOwn());

  private Arrows() {}

  private static ArchCondition<JavaClass> nameOnlyInternalsOfTheirOwn() {
    return new ArchCondition<>("name only internals of their own bundle") {
      @Override
      public void check(JavaClass owner, ConditionEvents events) {
        for (Dependency dependency : owner.getDirectDependenciesFromSelf()) {
          String target = dependency.getTargetClass().getPackageName();
          int internal = target.indexOf(".internal");
          if (target.startsWith("org.dmabuf.")
              && internal > 0
              && !owner.getPackageName().startsWith(target.substring(0, internal))) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }
}
