package org.dmabuf.debug;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ViolationTest {
  private static final int MOST = 256;
  private static final StackTraceElement BROKEN = new StackTraceElement("A", "map", "A.java", 7);
  private static final StackTraceElement TAKEN = new StackTraceElement("B", "lock", "B.java", 9);

  private final LockRules rules = new LockRules();

  @Test
  void textNamesTheRuleAndThePlaceWhereItWasBroken() {
    Violation violation =
        new Violation(Violation.Rule.UNALIGNED, "odd", "thread", List.of(BROKEN), List.of(), 1);
    assertThat(violation.toString())
        .contains("UNALIGNED", "odd", "A.java:7")
        .doesNotContain("lock");
  }

  @Test
  void textNamesThePlaceOfTheLockWhereThereIsOne() {
    Violation violation =
        new Violation(
            Violation.Rule.LOCK_ORDER, "late", "thread", List.of(BROKEN), List.of(TAKEN), 1);
    assertThat(violation.toString()).contains("A.java:7", "B.java:9");
  }

  @Test
  void violationsOfTheLastPlacesAreKept() {
    for (int place = 0; place < MOST; place++) {
      breakFrom(place, 9);
    }
    assertThat(rules.violations()).hasSize(MOST);
    Violation oldest = rules.violations().getFirst();
    breakFrom(MOST, 9);
    assertThat(rules.violations()).hasSize(MOST).doesNotContain(oldest);
  }

  @Test
  void lockThatNobodyTookHasNoPlace() {
    rules.missing(new Object(), "Mapping");
    assertThat(rules.violations())
        .singleElement()
        .extracting(Violation::lockTaken)
        .isEqualTo(List.of());
  }

  @Test
  void givingBackWhatIsNotHeldChangesNothing() {
    rules.released(this);
    rules.checkNotHeld(this, "Attach");
    assertThat(rules.violations()).isEmpty();
  }

  /** Calls from a place of its own for each number of so many bits. */
  @SuppressWarnings("DuplicateBranches") // the lines of both are what differs
  private void breakFrom(int number, int bits) {
    if (bits == 0) {
      rules.unaligned("a table");
    } else if (number % 2 == 0) {
      breakFrom(number / 2, bits - 1);
    } else {
      breakFrom(number / 2, bits - 1);
    }
  }
}
