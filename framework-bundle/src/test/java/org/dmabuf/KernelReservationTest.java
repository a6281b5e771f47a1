package org.dmabuf;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.AcquireContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.resv.WwClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scenario about a reservation that was recorded inside a real kernel, call by call. */
class KernelReservationTest {
  @RegisterExtension final Framework framework = new Framework();
  private final KernelTrace trace = KernelTrace.of("k.resv");
  private final Map<Usage, FenceContext> contexts = new EnumMap<>(Usage.class);
  private final Map<String, DmaFence> fences = new HashMap<>();

  /** The kernel answers with the ticks that are left, at least 1; we with whether it completed. */
  private static int left(boolean completed, int ticks) {
    return completed ? Math.max(ticks, 1) : 0;
  }

  private static int number(boolean yes) {
    return yes ? 1 : 0;
  }

  private static Map<String, Object> all(String key, DmaResv resv, Usage asked) {
    return Map.of(
        key,
        resv.entries().stream()
            .filter(entry -> entry.usage().compareTo(asked) <= 0)
            .map(
                entry ->
                    entry.fence().timelineName()
                        + "@"
                        + entry.fence().seqno()
                        + ":"
                        + entry.usage())
            .collect(Collectors.joining(" ")));
  }

  private DmaFence fence(Usage timeline, int seqno) {
    return fences.computeIfAbsent(
        timeline.name() + seqno, missing -> contexts.get(timeline).create());
  }

  private void adds(String op, DmaResv resv, DmaFence fence, Usage usage) {
    trace.observe(
        op,
        () -> {
          resv.addFence(fence, usage);
          return all("all", resv, Usage.BOOKKEEP);
        });
  }

  @Test
  @Row({"K/5", "L/3", "N3", "R1", "R2", "R4", "R7", "R8"})
  void kResv() throws Exception {
    for (Usage usage : Usage.values()) {
      contexts.put(usage, framework.contexts().open("driver", usage.name()));
    }
    DmaResv resv = framework.reservation();
    resv.lock();
    trace.answer("trylock_while_locked", () -> number(resv.tryLock()));
    trace.answer("test_signaled", () -> number(resv.isSignaled(Usage.BOOKKEEP)));
    trace.answer("wait_timeout", () -> left(resv.await(Usage.BOOKKEEP, Duration.ofMillis(5)), 5));
    trace.answer("wait_timeout", () -> left(resv.await(Usage.BOOKKEEP, Duration.ZERO), 0));
    trace.observe(
        "reserve_fences",
        () -> {
          resv.reserveFences(6);
          return Map.of();
        });
    for (Usage usage : Usage.values()) {
      resv.addFence(fence(usage, 1), usage);
    }
    for (Usage asked : Usage.values()) {
      trace.observe("iterate", () -> all("order", resv, asked));
      trace.answer("test_signaled", () -> number(resv.isSignaled(asked)));
      trace.answer("wait_timeout_0", () -> number(resv.await(asked, Duration.ZERO)));
      trace.observe(
          "get_singleton",
          () -> {
            DmaFence one = resv.getSingleton(asked).orElse(null);
            int members = one instanceof FenceArray array ? array.members().size() : 1;
            return Map.of(
                "null", number(one == null), "is_array", number(members > 1), "num", members);
          });
      trace.observe("get_fences", () -> Map.of("n", resv.pending(asked).size()));
    }
    trace.answer("usage_rw_write", () -> Usage.toWaitFor(true).ordinal());
    trace.answer("usage_rw_read", () -> Usage.toWaitFor(false).ordinal());
    addAndReplace(resv);
    signalAndWait(resv);
    trace.ends();
    contexts.values().forEach(FenceContext::close);
  }

  private void addAndReplace(DmaResv resv) {
    adds("add_later_same_context", resv, fence(Usage.READ, 2), Usage.READ);
    adds("add_earlier_same_context", resv, fence(Usage.READ, 1), Usage.READ);
    adds("add_same_context_stronger_usage", resv, fence(Usage.READ, 3), Usage.WRITE);
    // The recorder's earliest fence had completed by now: only so its slot can be used again.
    contexts.get(Usage.READ).signal(fence(Usage.READ, 1));
    adds("add_same_context_weaker_usage", resv, fence(Usage.READ, 4), Usage.BOOKKEEP);
    contexts.get(Usage.READ).signal(fence(Usage.READ, 3));
    trace.observe("after_signal", () -> all("all", resv, Usage.BOOKKEEP));
    trace.observe(
        "replace_fences",
        () -> {
          long context = contexts.get(Usage.READ).id();
          resv.replaceFences(context, framework.contexts().stub(), Usage.READ);
          return all("all", resv, Usage.BOOKKEEP);
        });
  }

  private void signalAndWait(DmaResv resv) throws Exception {
    DmaResv copy = framework.reservation();
    trace.observe(
        "copy_fences",
        () -> {
          copy.lock();
          copy.copyFences(resv);
          return Map.of();
        });
    trace.observe("copied", () -> all("all", copy, Usage.BOOKKEEP));
    contexts.get(Usage.WRITE).signal(fence(Usage.WRITE, 1));
    trace.observe("iterate", () -> all("all", resv, Usage.BOOKKEEP));
    trace.observe("iterate", () -> all("all", copy, Usage.BOOKKEEP));
    copy.unlock();
    resv.unlock();
    Threads.Running<Boolean> waiter =
        Threads.start(() -> resv.await(Usage.KERNEL, Duration.ofMillis(3)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(3_000_000);
    boolean early = waiter.join();
    trace.answer("wait_timeout", () -> left(early, 3));
    contexts.get(Usage.KERNEL).signal(fence(Usage.KERNEL, 1));
    trace.answer("wait_timeout", () -> left(resv.await(Usage.KERNEL, Duration.ofMillis(3)), 3));
    trace.answer("wait_timeout", () -> left(resv.await(Usage.WRITE, Duration.ZERO), 0));
    DmaResv other = framework.reservation();
    trace.observe(
        "get_fences",
        () -> {
          List<DmaFence> two = List.of(fence(Usage.READ, 5), fence(Usage.BOOKKEEP, 2));
          other.lock();
          other.reserveFences(1);
          other.addFence(FenceArray.of(two, FenceArray.Mode.ALL), Usage.WRITE);
          other.unlock();
          List<DmaFence> seen = other.pending(Usage.BOOKKEEP);
          return Map.of(
              "n", seen.size(), "is_array", number(seen.getFirst() instanceof FenceArray));
        });
    WwClass family = new WwClass("recorded");
    DmaResv third = new DmaResv(family, framework.clock());
    AcquireContext context = family.begin();
    trace.answer(
        "lock_ctx",
        () -> {
          third.lock(context);
          return 0;
        });
    trace.answer(
        "lock_again_same_ctx",
        () -> {
          third.lock(context);
          return 0;
        });
    third.unlock();
    context.close();
  }
}
