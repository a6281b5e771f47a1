package org.dmabuf.stress;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether what threads see of an object could have come of calls one after the other: Lincheck
 * makes up the calls, and takes the threads through the orders of their steps.
 */
class LincheckTest {
  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .minimizeFailedScenario(false);
  }

  @ParameterizedTest
  @ValueSource(classes = {CountOperations.class, FenceOperations.class, TableOperations.class})
  void isAsCallsOneAfterTheOther(Class<?> operations) {
    options().check(operations);
  }

  @Test
  void mistakeThatWasPlantedIsFound() {
    assertThatExceptionOfType(LincheckAssertionError.class)
        .isThrownBy(() -> options().check(CountThatForgets.class));
  }
}
