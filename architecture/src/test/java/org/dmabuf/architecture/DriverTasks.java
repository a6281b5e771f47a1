package org.dmabuf.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;

/** Threads of drivers come from their registry, so that they end with their bundles. */
final class DriverTasks {
  static final ArchRule THREADS_COME_FROM_THE_REGISTRY =
      noClasses()
          .that(Rooms.DRIVER.or(Rooms.SUBSYSTEM))
          .should()
          .callMethodWhere(
              target(nameMatching("start(VirtualThread)?"))
                  .and(target(owner(assignableTo(Thread.class)))))
          .orShould()
          .dependOnClassesThat(
              belongToAnyOf(
                  Thread.Builder.class,
                  Timer.class,
                  CompletableFuture.class,
                  Executors.class,
                  ForkJoinPool.class,
                  ThreadPoolExecutor.class));

  private DriverTasks() {}
}
