package org.dmabuf.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.util.Arrays;
import java.util.Set;

/** Frame bytes move only through the counted methods of {@code org.dmabuf.memory}. */
final class FrameBytes {
  private static final Set<String> SEGMENT_MOVES =
      Set.of("copy", "copyFrom", "asByteBuffer", "toArray", "ofBuffer", "setString");
  private static final Set<String> ARRAY_MOVES = Set.of("copyOf", "copyOfRange");

  private static final Set<String> SAMPLES = Set.of("byte", "short", "char", "int");

  static final ArchRule MOVE_ONLY_THROUGH_MEMORY =
      classes()
          .that(Rooms.BUNDLE.and(not(resideInAPackage("org.dmabuf.memory.."))))
          .should(notMoveBytesInBulk());

  private FrameBytes() {}

  private static ArchCondition<JavaClass> notMoveBytesInBulk() {
    return new ArchCondition<>("not move segments, buffers or arrays in bulk") {
      @Override
      public void check(JavaClass owner, ConditionEvents events) {
        for (JavaMethodCall call : owner.getMethodCallsFromSelf()) {
          if (movesInBulk(call)) {
            events.add(SimpleConditionEvent.violated(call, call.getDescription()));
          }
        }
      }
    };
  }

  private static boolean movesInBulk(JavaMethodCall call) {
    JavaClass target = call.getTargetOwner();
    String name = call.getTarget().getName();
    if (target.isAssignableTo(MemorySegment.class)) {
      return SEGMENT_MOVES.contains(name);
    }
    if (target.isAssignableTo(Buffer.class)) {
      return (name.equals("get") || name.equals("put")) && takesArrayOrBuffer(call);
    }
    if (target.isEquivalentTo(System.class)) {
      return name.equals("arraycopy");
    }
    if (target.isEquivalentTo(Arrays.class)) {
      return ARRAY_MOVES.contains(name) && holdsSamples(call.getTarget().getRawReturnType());
    }
    return target.isArray() && name.equals("clone") && holdsSamples(target);
  }

  /**
   * Arrays of references (such as an enum's values) and of long or floating numbers hold no pixels.
   */
  private static boolean holdsSamples(JavaClass array) {
    return SAMPLES.contains(array.getComponentType().getName());
  }

  private static boolean takesArrayOrBuffer(JavaMethodCall call) {
    return call.getTarget().getRawParameterTypes().stream()
        .anyMatch(type -> type.isArray() || type.isAssignableTo(Buffer.class));
  }
}
