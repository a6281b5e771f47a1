package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RefCountTest {
  private static final String WHAT = "planted object";

  @Test
  @Row("C11")
  void lastPutIsToldOnceAndNothingComesBack() {
    RefCount count = new RefCount();
    assertThat(count.tryGet(WHAT)).isTrue();
    assertThat(count).hasToString("2 references");
    assertThat(count.put()).isEqualTo(RefCount.Put.KEPT);
    assertThat(count.isLive()).isTrue();
    assertThat(count.put()).isEqualTo(RefCount.Put.LAST);
    for (int i = 0; i < 3; i++) {
      assertThat(count.put()).isEqualTo(RefCount.Put.NONE);
      assertThat(count.tryGet(WHAT)).isFalse();
      assertThat(count.isLive()).isFalse();
      assertThat(count.references()).isZero();
      assertThat(count.retire()).isFalse();
    }
    assertThat(count).hasToString("RELEASED");
  }

  @Test
  @Row("C11")
  void mostReferencesAreCounted() {
    LogRecorder.clear();
    RefCount count = new RefCount(RefCount.MOST - 1);
    assertThat(count.tryGet(WHAT)).isTrue();
    assertThat(count.references()).isEqualTo(RefCount.MOST);
    assertThat(count.put()).isEqualTo(RefCount.Put.KEPT);
    assertThat(count.references()).isEqualTo(RefCount.MOST - 1);
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  @Row("C11")
  void overflowIsLoggedOnceAndTheObjectIsKeptForEver() {
    LogRecorder.clear();
    RefCount count = new RefCount(RefCount.MOST);
    for (int i = 0; i < 1_000; i++) {
      assertThat(count.tryGet(WHAT)).isTrue();
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(count.put()).isEqualTo(RefCount.Put.KEPT);
    }
    assertThat(count.references()).isGreaterThan(RefCount.MOST);
    assertThat(count).hasToString("SATURATED");
    assertThat(LogRecorder.lines()).singleElement().asString().contains(WHAT, "never released");
    assertThat(count.retire()).isTrue();
    assertThat(count.isLive()).isFalse();
    assertThat(count.tryGet(WHAT)).isFalse();
  }

  /** Uses after the release do not carry the count back into life, however many there are. */
  @Test
  void usesAfterTheReleaseStayKnownAsSuch() throws Exception {
    RefCount count = new RefCount();
    assertThat(count.put()).isEqualTo(RefCount.Put.LAST);
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 100_000; i++) {
            assertThat(count.tryGet(WHAT)).isFalse();
            assertThat(count.put()).isEqualTo(RefCount.Put.NONE);
          }
        });
    assertThat(count).hasToString("RELEASED");
  }

  @Test
  void saturatedCountStaysSoWhateverManyThreadsDo() throws Exception {
    LogRecorder.clear();
    RefCount count = new RefCount(RefCount.MOST - 2);
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 100_000; i++) {
            assertThat(count.tryGet(WHAT)).isTrue();
          }
        });
    assertThat(count.references()).isGreaterThan(RefCount.MOST);
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 100_000; i++) {
            assertThat(count.put()).isEqualTo(RefCount.Put.KEPT);
          }
        });
    assertThat(count).hasToString("SATURATED");
    assertThat(LogRecorder.lines()).hasSize(1);
  }

  /** Threads that get what others put for the last time: just one releases, and none gets after. */
  @Test
  @Row({"C10", "C11"})
  void oneThreadReleasesAndNoneGetsAfterwards() throws Exception {
    for (int round = 0; round < 400; round++) {
      RefCount count = new RefCount();
      AtomicInteger released = new AtomicInteger();
      Threads.together(
          3,
          number -> {
            if (number == 0) {
              release(count, released);
            } else if (count.tryGet(WHAT)) {
              assertThat(released).hasValue(0);
              release(count, released);
            }
          });
      assertThat(released).hasValue(1);
      assertThat(count.references()).isZero();
    }
  }

  private static void release(RefCount count, AtomicInteger released) {
    if (count.put() == RefCount.Put.LAST) {
      released.incrementAndGet();
    }
  }
}
