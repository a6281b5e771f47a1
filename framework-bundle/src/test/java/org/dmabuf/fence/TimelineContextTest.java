package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimelineContextTest {
  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = new ArrayList<>();
  private FenceContext line;

  @BeforeEach
  void open() {
    line = framework.contexts().openTimeline("sw_sync", "line");
  }

  @AfterEach
  void close() {
    line.close();
  }

  private DmaFence told(DmaFence fence) {
    fence.addCallback(
        new FenceCallback(done -> calls.add(done.seqno() + " " + done.status()), closed -> {}));
    return fence;
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,true",
    "0,1,false",
    "0,7fffffff,false",
    "0,80000000,true",
    "0,80000001,true",
    "0,ffffffff,true",
    "5,5,true",
    "5,4,true",
    "5,6,false",
    "fffffff0,5,false",
    "fffffff0,ffffffef,true",
    "7fffffff,80000000,false",
  })
  @Row({"C/1", "Y6"})
  void fenceIsBornSignalledWhenItsValueIsNotAheadIn32Bits(
      String counter, String value, boolean signaled) {
    line.advance(Long.parseLong(counter, 16));
    assertThat(line.reached()).isEqualTo(Long.parseLong(counter, 16));
    DmaFence fence = line.create(Long.parseLong(value, 16));
    assertThat(fence.isSignaled()).isEqualTo(signaled);
    assertThat(fence.timestamp()).isEqualTo(signaled ? framework.clock().nanos() : 0);
    assertThat(fence.seqno()).isEqualTo(Long.parseLong(value, 16));
    assertThat(line.pending()).isEqualTo(signaled ? 0 : 1);
    assertThat(line.signal(fence)).isEqualTo(!signaled);
  }

  @Test
  @Row({"C/1", "Y6"})
  void advanceCompletesInOrderOfValuesWhatItComesTo() {
    for (long value : new long[] {7, 3, 5, 3, 9}) {
      told(line.create(value));
    }
    line.advance(0);
    line.advance(2);
    assertThat(calls).isEmpty();
    line.advance(3);
    assertThat(calls).containsExactly("3 1", "3 1", "5 1");
    assertThat(line.pending()).isEqualTo(2);
    line.advance(0xffff_ffffL);
    assertThat(calls).hasSize(5).endsWith("7 1", "9 1");
    assertThat(line.reached()).isEqualTo(4);
  }

  @Test
  @Row({"C/1", "S9"})
  void numbersWrapAround() {
    line.advance(0xffff_fff0L);
    DmaFence before = told(line.create(0xffff_ffffL));
    DmaFence after = told(line.create(2));
    assertThat(after.isLater(before)).isTrue();
    assertThat(before.isLater(after)).isFalse();
    assertThat(after.isLaterOrSame(before)).isTrue();
    assertThat(before.isLaterOrSame(after)).isFalse();
    assertThat(after.isLaterOrSame(line.create(2))).isTrue();
    line.advance(0x10);
    assertThat(calls).containsExactly("4294967295 1");
    line.advance(2);
    assertThat(calls).hasSize(2);
  }

  @Test
  @Row({"S9", "K/1"})
  void numbersOfDriversAre64Bits() {
    try (FenceContext driver = framework.contexts().open("driver", "line")) {
      DmaFence two = driver.create(2);
      DmaFence far = driver.create(0x1_0000_0000L);
      assertThat(far.isLater(two)).isTrue();
      assertThat(driver.create().seqno()).as("counted on").isEqualTo(0x1_0000_0001L);
      driver.create(7);
      assertThat(driver.create().seqno()).isEqualTo(0x1_0000_0002L);
      assertThat(far.isLaterOrSame(line.create(1))).as("of another context").isFalse();
    }
  }

  @Test
  @Row({"C/1", "Y6"})
  void closeCompletesThePendingOnesInOrderWithEnoent() {
    DmaFence done = told(line.create(1));
    told(line.create(9));
    told(line.create(4));
    line.advance(1);
    line.close();
    assertThat(calls).containsExactly("1 1", "4 -2", "9 -2");
    assertThat(done.error()).isEmpty();
    assertErrno(Errno.ECANCELED, () -> line.create(1));
    assertErrno(Errno.ECANCELED, () -> line.create(12));
  }

  @Test
  @Row("S2")
  void allHaveChangedTheirStateBeforeTheFirstCallbackRuns() {
    DmaFence first = line.create(1);
    DmaFence second = line.create(2);
    first.addCallback(
        new FenceCallback(
            done -> {
              calls.add("second " + second.isSignaled());
              line.advance(1);
            },
            closed -> {}));
    told(second);
    told(line.create(3));
    line.advance(2);
    assertThat(calls).containsExactly("second true", "3 1", "2 1");
  }

  /** The counter of a timeline comes to every value, whoever advances it. */
  @Test
  @Row({"Y6", "S2"})
  void fencesMadeWhileOthersAdvanceAllCompleteInOrder() throws Exception {
    int steps = 4_000;
    List<DmaFence> made = new ArrayList<>();
    Threads.together(
        4,
        number -> {
          Random random = new Random(number);
          DmaFence before = null;
          for (int i = 0; i < steps; i++) {
            if (number < 2) {
              line.advance(1);
            } else {
              DmaFence fence = line.create(random.nextInt(2 * steps) + 1);
              synchronized (made) {
                made.add(fence);
              }
              if (before != null && before.seqno() < fence.seqno() && fence.isSignaled()) {
                assertThat(before.isSignaled()).as("earlier than one that has").isTrue();
              }
              before = fence;
            }
          }
        });
    assertThat(line.reached()).isEqualTo(2L * steps);
    assertThat(made).allMatch(DmaFence::isSignaled);
    assertThat(line.pending()).isZero();
  }
}
