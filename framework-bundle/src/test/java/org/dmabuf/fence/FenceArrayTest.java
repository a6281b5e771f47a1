package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.FenceArray.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FenceArrayTest {
  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = new ArrayList<>();
  private FenceContext one;
  private FenceContext two;
  private DmaFence a;
  private DmaFence b;

  @BeforeEach
  void make() {
    one = framework.contexts().open("driver", "one");
    two = framework.contexts().open("driver", "two");
    a = one.create();
    b = two.create();
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private FenceCallback callback(String name) {
    return new FenceCallback(done -> calls.add(name), closed -> {});
  }

  private void signal(String which) {
    if (which.equals("a")) {
      one.signal(a);
    } else {
      two.signal(b);
    }
  }

  /** The recorded scenario k.array. */
  @ParameterizedTest
  @CsvSource({"ALL,a,b", "ALL,b,a", "ANY,a,b", "ANY,b,a"})
  @Row({"K/2", "S14"})
  void allWaitsForTheLastMemberAndAnyForTheFirst(Mode mode, String first, String second) {
    FenceArray array = FenceArray.of(List.of(a, b), mode);
    assertThat(array.status()).isZero();
    assertThat(array.mode()).isEqualTo(mode);
    assertThat(array.members()).containsExactly(a, b);
    assertThat(array.addCallback(callback("arrcb"))).isTrue();
    signal(first);
    assertThat(array.status()).isEqualTo(mode == Mode.ALL ? 0 : 1);
    assertThat(calls).hasSize(mode == Mode.ALL ? 0 : 1);
    signal(second);
    assertThat(array.status()).isEqualTo(1);
    assertThat(calls).containsExactly("arrcb");
    assertThat(array.addCallback(callback("late"))).isFalse();
  }

  @Test
  @Row({"K/2", "S14"})
  void arrayThatNobodyWaitsForCompletesWhenItIsAsked() {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    signal("a");
    assertThat(array.isSignaled()).isFalse();
    framework.clock().advance(7);
    signal("b");
    framework.clock().advance(5);
    long asked = framework.clock().nanos();
    assertThat(array.isSignaled()).isTrue();
    framework.clock().advance(5);
    assertThat(array.timestamp()).isEqualTo(asked);
    assertThat(array.await(Duration.ZERO)).isTrue();
  }

  @Test
  @Row({"K/2", "S14"})
  void firstErrorOfAMemberIsTheArraysWhenSomebodyWaits() {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    array.addCallback(callback("waits"));
    two.fail(b, Errno.EIO);
    assertThat(array.error()).isEmpty();
    one.fail(a, Errno.ETIMEDOUT);
    assertThat(array.error()).contains(Errno.EIO);
    assertThat(array.status()).isEqualTo(-5);
  }

  @Test
  @Row("K/2")
  void errorIsNotSeenWhenNobodyWaited() {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    two.fail(b, Errno.EIO);
    one.signal(a);
    assertThat(array.status()).isEqualTo(1);
  }

  @Test
  @Row("K/2")
  void errorOfAMemberThatCompletedBeforeIsSeenOnceSomebodyWaits() {
    two.fail(b, Errno.EIO);
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    array.addCallback(callback("waits"));
    one.signal(a);
    assertThat(array.status()).isEqualTo(-5);
    FenceArray done = FenceArray.of(List.of(a, b), Mode.ALL);
    assertThat(done.addCallback(callback("late"))).as("all had completed").isFalse();
    assertThat(done.error()).contains(Errno.EIO);
    assertThat(calls).containsExactly("waits");
  }

  @Test
  @Row({"S14", "K/2"})
  void namesContextAndNumberAreTheArraysOwn() {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    assertThat(array.kind()).isEqualTo(FenceKind.ARRAY);
    assertThat(array.kind().isContainer()).isTrue();
    assertThat(a.kind().isContainer()).isFalse();
    assertThat(array.describe()).isEqualTo("dma_fence_array unbound seq 1 unsignalled");
    assertThat(array.contextId()).isGreaterThan(b.contextId());
    assertThat(FenceArray.of(List.of(a), Mode.ANY).contextId()).isGreaterThan(array.contextId());
    assertErrno(Errno.EINVAL, () -> FenceArray.of(List.of(), Mode.ALL));
    assertThat(array.matchesContext(a.contextId())).isFalse();
    assertThat(FenceArray.of(List.of(a, one.create()), Mode.ALL).matchesContext(a.contextId()))
        .isTrue();
    assertThat(a.matchesContext(a.contextId())).isTrue();
    assertThat(a.matchesContext(b.contextId())).isFalse();
  }

  @Test
  @Row({"K/2", "S12"})
  void waiterIsWokenByTheLastMember() throws Exception {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    Threads.Running<Boolean> waiter = Threads.start(() -> array.await(Duration.ofDays(1)));
    framework.clock().awaitScheduled(1);
    signal("a");
    assertThat(waiter.task().isDone()).isFalse();
    signal("b");
    assertThat(waiter.join()).isTrue();
  }

  @Test
  void deadlineGoesToTheMembersAndTheEarliestCounts() {
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    b.setDeadline(5);
    array.setDeadline(10);
    array.setDeadline(20);
    assertThat(a.deadline()).isEqualTo(OptionalLong.of(10));
    assertThat(b.deadline()).isEqualTo(OptionalLong.of(5));
    assertThat(array.deadline()).as("kept by the members").isEmpty();
    one.signal(a);
    a.setDeadline(1);
    assertThat(a.deadline()).as("of one that has completed").isEqualTo(OptionalLong.of(10));
    framework.contexts().stub().setDeadline(1);
    assertThat(framework.contexts().stub().deadline()).isEmpty();
  }

  @Test
  void stubHasCompletedFromTheBeginning() {
    long made = framework.clock().nanos();
    framework.clock().advance(1);
    DmaFence stub = framework.contexts().stub();
    assertThat(stub).isSameAs(framework.contexts().stub());
    assertThat(stub.describe()).isEqualTo("stub stub seq 0 signalled");
    assertThat(stub.kind()).isEqualTo(FenceKind.STUB);
    assertThat(stub.contextId()).isZero();
    assertThat(stub.status()).isEqualTo(1);
    assertThat(stub.timestamp()).isEqualTo(made);
    assertThat(stub.addCallback(callback("late"))).isFalse();
  }

  /** Members that complete, callbacks and looks meet: each callback runs once when it was added. */
  @Test
  @Row({"S14", "S2", "S3"})
  void callbackOfAnArrayIsSeenWheneverAddSucceeded() throws Exception {
    int rounds = 5_000;
    DmaFence[][] members = new DmaFence[rounds][];
    FenceArray[] arrays = new FenceArray[rounds];
    AtomicInteger[] called = new AtomicInteger[rounds];
    boolean[] added = new boolean[rounds];
    for (int i = 0; i < rounds; i++) {
      members[i] = new DmaFence[] {one.create(), two.create()};
      arrays[i] = FenceArray.of(List.of(members[i]), Mode.ALL);
      called[i] = new AtomicInteger();
    }
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < rounds; i++) {
            AtomicInteger mine = called[i];
            switch (number) {
              case 0 -> one.fail(members[i][0], Errno.EIO);
              case 1 -> two.signal(members[i][1]);
              case 2 ->
                  added[i] =
                      arrays[i].addCallback(
                          new FenceCallback(done -> mine.incrementAndGet(), closed -> {}));
              default -> {
                if (arrays[i].isSignaled()) {
                  assertThat(arrays[i].timestamp()).isNotZero();
                }
              }
            }
          }
        });
    for (int i = 0; i < rounds; i++) {
      assertThat(called[i].get()).as("round " + i).isEqualTo(added[i] ? 1 : 0);
      assertThat(arrays[i].isSignaled()).isTrue();
    }
  }
}
