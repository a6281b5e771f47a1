package org.dmabuf.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** Threads of the framework meet where a test can say who runs next: at {@code Seam}. */
final class Seams {
  private static final String SEAM = "org.dmabuf.seam.Seam";

  /** Where buffers, their references, fences and locks are; others share only memory and notes. */
  private static final Set<String> PACKAGES =
      Set.of(
          "org.dmabuf",
          "org.dmabuf.fence",
          "org.dmabuf.file",
          "org.dmabuf.planted",
          "org.dmabuf.resv",
          "org.dmabuf.sync");

  /** Reads and writes at once what threads share, of VarHandle and of the Atomic classes. */
  private static final Pattern EXCHANGES =
      Pattern.compile("(weak)?[cC]ompareAnd.*|getAnd.*|.*AndGet");

  static final ArchRule PARK_ONLY_IN_SEAM =
      noClasses()
          .that(Rooms.FRAMEWORK.and(not(isSeam())))
          .should()
          .dependOnClassesThat(belongToAnyOf(LockSupport.class));

  static final ArchRule STEP_BEFORE_EACH_EXCHANGE =
      codeUnits().that(exchange()).and().areDeclaredInClassesThat(meet()).should(callTheSeam());

  private Seams() {}

  private static DescribedPredicate<JavaClass> isSeam() {
    return DescribedPredicate.describe("are the seam", type -> type.getName().equals(SEAM));
  }

  private static DescribedPredicate<JavaClass> meet() {
    return DescribedPredicate.describe(
        "hold what threads share", type -> PACKAGES.contains(type.getPackageName()));
  }

  private static DescribedPredicate<JavaCodeUnit> exchange() {
    return DescribedPredicate.describe(
        "compare and set",
        unit -> unit.getMethodCallsFromSelf().stream().anyMatch(Seams::exchanges));
  }

  private static boolean exchanges(JavaMethodCall call) {
    JavaClass target = call.getTargetOwner();
    return (target.isEquivalentTo(VarHandle.class)
            || target.getPackageName().equals("java.util.concurrent.atomic"))
        && EXCHANGES.matcher(call.getTarget().getName()).matches();
  }

  private static ArchCondition<JavaCodeUnit> callTheSeam() {
    return new ArchCondition<>("take a step of the seam") {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        boolean steps =
            unit.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().getName().equals(SEAM));
        if (!steps) {
          events.add(
              SimpleConditionEvent.violated(
                  unit, unit.getDescription() + " compares and sets without a step before"));
        }
      }
    };
  }
}
