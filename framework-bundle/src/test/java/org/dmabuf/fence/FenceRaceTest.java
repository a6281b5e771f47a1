package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FenceRaceTest {
  private static final int ROUNDS = 20_000;
  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row({"S2", "S3"})
  void callbackIsSeenWheneverAddSucceeded() throws Exception {
    FenceContext context = framework.contexts().open("driver", "race");
    DmaFence[] fences = new DmaFence[ROUNDS];
    AtomicInteger[] called = new AtomicInteger[ROUNDS];
    boolean[] added = new boolean[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      fences[i] = context.create();
      called[i] = new AtomicInteger();
    }
    Threads.together(
        2,
        number -> {
          for (int i = 0; i < ROUNDS; i++) {
            AtomicInteger mine = called[i];
            if (number == 0) {
              context.signal(fences[i]);
            } else {
              added[i] =
                  fences[i].addCallback(
                      new FenceCallback(done -> mine.incrementAndGet(), closed -> {}));
            }
          }
        });
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(called[i].get()).as("round " + i).isEqualTo(added[i] ? 1 : 0);
    }
    context.close();
  }

  @Test
  @Row({"S2", "S4"})
  void removedCallbacksDoNotRunAndAllOthersDo() throws Exception {
    FenceContext context = framework.contexts().open("driver", "race");
    for (int round = 0; round < 2_000; round++) {
      DmaFence fence = context.create();
      AtomicInteger[] called = new AtomicInteger[8];
      FenceCallback[] callbacks = new FenceCallback[8];
      for (int i = 0; i < 8; i++) {
        AtomicInteger mine = new AtomicInteger();
        called[i] = mine;
        callbacks[i] = new FenceCallback(done -> mine.incrementAndGet(), closed -> {});
        fence.addCallback(callbacks[i]);
      }
      Threads.Running<Object> signaller =
          round % 20 == 0 ? Threads.start(() -> context.signal(fence)) : null;
      boolean[] removed = new boolean[8];
      for (int i = 0; i < 8; i += 2) {
        removed[i] = fence.removeCallback(callbacks[i]);
      }
      if (signaller == null) {
        context.signal(fence);
      } else {
        signaller.join();
      }
      for (int i = 0; i < 8; i++) {
        assertThat(called[i].get()).isEqualTo(removed[i] ? 0 : 1);
      }
    }
    context.close();
  }

  @Test
  @Row("S2")
  void oneOfManySignallersSucceedsAndAllSeeItDone() throws Exception {
    FenceContext context = framework.contexts().open("driver", "race");
    AtomicInteger wins = new AtomicInteger();
    DmaFence[] fences = new DmaFence[5_000];
    for (int i = 0; i < fences.length; i++) {
      fences[i] = context.create();
    }
    Threads.together(
        3,
        number -> {
          for (DmaFence fence : fences) {
            if (context.signal(fence)) {
              wins.incrementAndGet();
            }
            assertThat(fence.isSignaled()).isTrue();
          }
        });
    assertThat(wins).hasValue(fences.length);
    context.close();
  }

  @Test
  @Row("S6")
  void noWaiterMissesTheSignal() throws Exception {
    FenceContext context = framework.contexts().open("driver", "race");
    DmaFence[] fences = new DmaFence[3_000];
    for (int i = 0; i < fences.length; i++) {
      fences[i] = context.create();
    }
    Threads.together(
        3,
        number -> {
          for (DmaFence fence : fences) {
            if (number == 0) {
              context.signal(fence);
            } else {
              fence.await();
            }
          }
        });
    context.close();
  }
}
