package org.dmabuf.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Map;

/**
 * State belongs to objects whose life somebody ends, never to a class; a bundle that goes would
 * leave it.
 */
final class Statics {
  static final ArchRule NO_STATIC_VARIABLES =
      noFields()
          .that()
          .areDeclaredInClassesThat(Rooms.BUNDLE)
          .and()
          .areStatic()
          .should()
          .notBeFinal()
          .allowEmptyShould(true);

  static final ArchRule NO_STATIC_HOLDERS =
      noFields()
          .that()
          .areDeclaredInClassesThat(Rooms.BUNDLE)
          .and()
          .areStatic()
          .should(holdState())
          .allowEmptyShould(true);

  static final ArchRule NO_STATIC_MUTABLE_COLLECTIONS =
      classes().that(Rooms.BUNDLE).should(notMakeCollectionsInTheirInitializer());

  /** A kept throwable pins the class loader of whoever threw it. */
  static final ArchRule NO_KEPT_THROWABLES =
      noFields()
          .that()
          .areDeclaredInClassesThat(
              Rooms.FRAMEWORK.or(Rooms.SUBSYSTEM).and(not(assignableTo(Throwable.class))))
          .should()
          .haveRawType(assignableTo(Throwable.class))
          .allowEmptyShould(true);

  /** What a driver's class is must not be known to a field of the framework. */
  static final ArchRule NO_DRIVER_IN_A_FRAMEWORK_FIELD =
      noFields()
          .that()
          .areDeclaredInClassesThat(Rooms.FRAMEWORK)
          .should()
          .haveRawType(Rooms.DRIVER)
          .allowEmptyShould(true);

  static final ArchRule NO_STANDARD_STREAMS =
      noClasses()
          .that(Rooms.BUNDLE)
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private Statics() {}

  private static DescribedPredicate<JavaClass> assignableTo(Class<?> type) {
    return JavaClass.Predicates.assignableTo(type);
  }

  private static ArchCondition<JavaField> holdState() {
    return new ArchCondition<>("hold what changes") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        JavaClass type = field.getRawType();
        boolean holder =
            type.getPackageName().equals("java.util.concurrent.atomic")
                || type.isAssignableTo(ThreadLocal.class)
                || isConcreteCollection(type);
        events.add(
            holder
                ? SimpleConditionEvent.satisfied(field, field.getDescription() + " holds state")
                : SimpleConditionEvent.violated(field, field.getDescription()));
      }
    };
  }

  private static ArchCondition<JavaClass> notMakeCollectionsInTheirInitializer() {
    return new ArchCondition<>("not make mutable collections in their static initializer") {
      @Override
      public void check(JavaClass owner, ConditionEvents events) {
        owner
            .getStaticInitializer()
            .ifPresent(
                initializer -> {
                  for (JavaConstructorCall call : initializer.getConstructorCallsFromSelf()) {
                    if (isConcreteCollection(call.getTargetOwner())) {
                      events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                    }
                  }
                });
      }
    };
  }

  private static boolean isConcreteCollection(JavaClass type) {
    return !type.isInterface()
        && !type.getModifiers().contains(JavaModifier.ABSTRACT)
        && (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class));
  }
}
