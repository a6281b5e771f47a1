package org.dmabuf.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is measured is what is known already: nothing is made. */
class PrimeObjectsTest {
  @Test
  void sharedObjectsKeepTheirHandles() {
    PrimeObjects objects = new PrimeObjects(100);
    // Of a hundred, which have the handles 1 to 100, those that were used first.
    int first = PrimeObjects.USED * (PrimeObjects.USED + 1) / 2;
    assertThat(objects.takeAll()).isEqualTo(first);
    objects.shareAll();
    assertThat(objects.takeAll()).isEqualTo(first);
    objects.close();
  }

  @Test
  void thoseThatAreUsedLieApart() {
    PrimeObjects objects = new PrimeObjects(6400);
    int every = 100;
    int expected = 0;
    for (int i = 0; i < PrimeObjects.USED; i++) {
      expected += i * every + 1;
    }
    assertThat(objects.takeAll()).isEqualTo(expected);
    objects.close();
  }
}
