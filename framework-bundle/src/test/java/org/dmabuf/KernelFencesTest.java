package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceArray.Mode;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceKind;
import org.dmabuf.fence.FenceOps;
import org.dmabuf.fence.FenceUnwrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The scenarios about fences, arrays and merges that were recorded inside a real kernel, each made
 * again here with the same answers and the same order of callbacks.
 */
class KernelFencesTest {
  private static final Duration TICK = Duration.ofMillis(1);
  private static final int UNTOUCHED = 99;

  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final FenceCallback cbA = callback("cbA");
  private final FenceCallback cbB = callback("cbB");
  private final FenceCallback cbC = callback("cbC");
  private KernelTrace trace;
  private FenceContext context;
  private FenceContext other;
  private DmaFence a;
  private DmaFence b;
  private int index;

  @BeforeEach
  void open() {
    context = framework.contexts().open("oracle", "one");
    other = framework.contexts().open("oracle", "two");
    makeTwo();
  }

  @AfterEach
  void close() {
    context.close();
    other.close();
  }

  private void makeTwo() {
    a = context.create();
    b = other.create();
  }

  private FenceCallback callback(String name) {
    return new FenceCallback(done -> calls.add(name), closed -> {});
  }

  private FenceContext open(FenceContextInfo info) {
    return framework.contexts().open(info, () -> {});
  }

  private FenceContext hooked(FenceOps ops) {
    return open(FenceContextInfo.of("oracle", "hooked").withOps(ops));
  }

  private static int number(boolean yes) {
    return yes ? 1 : 0;
  }

  /** What is false here is an error there. */
  private static int orElse(Errno error, boolean answer) {
    if (!answer) {
      throw new DmaBufException(error, "it said false");
    }
    return 0;
  }

  private static int add(DmaFence fence, FenceCallback callback) {
    return orElse(Errno.ENOENT, fence.addCallback(callback));
  }

  private static int status(DmaFence fence) {
    int status = fence.status();
    fence.error().ifPresent(error -> orElse(error, false));
    return status;
  }

  /** The kernel answers with the ticks that are left, at least 1; we with whether it completed. */
  private int await(DmaFence fence, int ticks, boolean interruptible) {
    Duration timeout = TICK.multipliedBy(ticks);
    boolean completed;
    if (ticks > 0 && !fence.isSignaled()) {
      completed = whileTheClockTurns(ticks, () -> fence.awaitUninterruptibly(timeout));
    } else {
      completed = interruptible ? fence.await(timeout) : fence.awaitUninterruptibly(timeout);
    }
    return completed ? Math.max(ticks, 1) : 0;
  }

  private int awaitAny(List<DmaFence> fences, int ticks) {
    Callable<OptionalInt> wait = () -> DmaFence.awaitAny(fences, TICK.multipliedBy(ticks));
    boolean parks =
        ticks > 0 && !fences.isEmpty() && fences.stream().noneMatch(DmaFence::isSignaled);
    OptionalInt first =
        parks
            ? whileTheClockTurns(ticks, wait)
            : DmaFence.awaitAny(fences, TICK.multipliedBy(ticks));
    index = first.orElse(UNTOUCHED);
    return first.isPresent() ? Math.max(ticks, 1) : 0;
  }

  private <T> T whileTheClockTurns(int ticks, Callable<T> wait) {
    try {
      Threads.Running<T> waiter = Threads.start(wait);
      framework.clock().awaitScheduled(1);
      framework.clock().advance(TICK.toNanos() * ticks);
      return waiter.join();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  @Row({"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "K/1"})
  void kFence() {
    trace = KernelTrace.of("k.fence").log(calls);
    trace.answer("context_alloc", () -> 0, () -> Map.of("next_minus_first", idsOfThree()));
    waitsAndCallbacks();
    errorsAndHooks();
    orderAndWaitsForAny();
    stubsAndTimes();
    trace.answer("add_callback", () -> add(forgottenFence(), cbA));
    Threads.awaitByCollector("told", () -> !calls.isEmpty());
    trace.step("calls", () -> {});
    trace.ends();
  }

  private long idsOfThree() {
    List<FenceContext> all =
        Stream.generate(() -> framework.contexts().open("oracle", "ids")).limit(4).toList();
    all.forEach(FenceContext::close);
    return all.getLast().id() - all.getFirst().id();
  }

  private DmaFence forgottenFence() {
    return framework.contexts().open("oracle", "forgotten").create();
  }

  private void waitsAndCallbacks() {
    trace.answer("get_status", () -> status(a));
    trace.answer("is_signaled", () -> number(a.isSignaled()));
    trace.answer("wait_timeout", () -> await(a, 0, false));
    trace.answer("wait_timeout", () -> await(a, 2, false));
    trace.answer("wait_timeout_intr", () -> await(a, 0, true));
    trace.answer("wait_timeout", () -> await(a, -5, false));
    trace.answer("add_callback", () -> add(a, cbA));
    trace.answer("add_callback", () -> add(a, cbB));
    trace.answer("add_callback", () -> add(a, cbC));
    trace.answer("remove_callback", () -> number(a.removeCallback(cbB)));
    trace.answer("remove_callback", () -> number(a.removeCallback(cbB)));
    trace.answer("signal", () -> orElse(Errno.EINVAL, context.signal(a)));
    trace.step("calls", () -> {});
    trace.answer("signal", () -> orElse(Errno.EINVAL, context.signal(a)));
    trace.answer("get_status", () -> status(a));
    trace.answer("remove_callback", () -> number(a.removeCallback(cbA)));
    trace.answer("add_callback", () -> add(a, cbB));
    trace.observe(
        "cb_list_state",
        () ->
            Map.of(
                "list_empty", number(!a.removeCallback(cbB)), "cb_called", String.join("", calls)));
    trace.answer("wait_timeout", () -> await(a, 0, false));
    trace.answer("wait_timeout", () -> await(a, 7, false));
    trace.answer("add_callback", () -> number(a.addCallback(null)));
    trace.step("calls", () -> {});
  }

  private void errorsAndHooks() {
    // An error and the completion are one call here, so there is none before.
    trace.answer("get_status", () -> status(b));
    other.fail(b, Errno.EIO);
    trace.answer("get_status", () -> status(b));
    trace.answer("wait_timeout", () -> await(b, 7, false));
    boolean[] pending = {false};
    FenceContext enabling =
        hooked(
            new FenceOps() {
              @Override
              public boolean enableSignaling(DmaFence fence) {
                calls.add("enable_signaling");
                return pending[0];
              }
            });
    DmaFence refused = enabling.create();
    trace.answer("add_callback", () -> add(refused, cbA));
    trace.step("calls", () -> {});
    trace.answer("get_status", () -> status(refused));
    pending[0] = true;
    DmaFence enabled = enabling.create();
    enabled.enableSignaling();
    enabled.enableSignaling();
    enabled.addCallback(cbA);
    trace.step("calls", () -> {});
    trace.answer("is_signaled", () -> number(enabled.isSignaled()));
    enabling.signal(enabled);
    trace.step("calls", () -> {});
    enabling.close();
    polled();
  }

  private void polled() {
    boolean[] done = {false};
    FenceContext polling =
        hooked(
            new FenceOps() {
              @Override
              public boolean isSignaled(DmaFence fence) {
                calls.add("signaled_op");
                return done[0];
              }
            });
    DmaFence polled = polling.create();
    polled.addCallback(cbA);
    trace.answer("is_signaled", () -> number(polled.isSignaled()));
    done[0] = true;
    trace.answer("get_status", () -> status(polled));
    trace.step("calls", () -> {});
    trace.answer("signal", () -> orElse(Errno.EINVAL, polling.signal(polled)));
    polling.close();
  }

  private void orderAndWaitsForAny() {
    DmaFence five = context.create(5);
    DmaFence three = context.create(3);
    trace.answer("is_later", () -> number(five.isLater(three)));
    trace.answer("is_later", () -> number(three.isLater(five)));
    trace.answer("is_later", () -> number(five.isLater(five)));
    trace.answer("later_is_first", () -> number(DmaFence.later(five, three).orElseThrow() == five));
    context.signal(five);
    trace.answer("later_is_null", () -> number(DmaFence.later(five, three).isEmpty()));
    for (int ticks : new int[] {1, 0}) {
      trace.answer(
          "wait_any_timeout",
          () -> awaitAny(List.of(three, five), ticks),
          () -> Map.of("idx", index));
      trace.answer(
          "wait_any_timeout", () -> awaitAny(List.of(three), ticks), () -> Map.of("idx", index));
    }
    trace.answer("wait_any_timeout", () -> awaitAny(List.of(), 1));
    FenceContext narrow = open(FenceContextInfo.of("oracle", "narrow").with32BitNumbers());
    trace.answer("is_later", () -> number(narrow.create(1).isLater(narrow.create(0xffff_ffffL))));
    trace.answer("is_later", () -> number(narrow.create(0x1_0000_0000L).isLater(narrow.create(2))));
    narrow.close();
  }

  private void stubsAndTimes() {
    DmaFence stub = framework.contexts().stub();
    trace.observe(
        "get_stub",
        () -> Map.of("status", status(stub), "ctx", stub.contextId(), "seq", stub.seqno()));
    DmaFence own = framework.contexts().privateStub(1_000_000_005L);
    trace.observe(
        "private_stub",
        () ->
            Map.of(
                "status",
                status(own),
                "ts_ns",
                own.timestamp(),
                "same_as_stub",
                number(own == stub)));
    DmaFence timed = context.create();
    context.signal(timed, 3_000_000_004L);
    trace.observe("signal_timestamp", () -> Map.of("ts_ns", timed.timestamp()));
  }

  @Test
  @Row({"S14", "K/2"})
  void kArray() {
    trace = KernelTrace.of("k.array").log(calls);
    FenceCallback told = callback("arrcb");
    for (Mode mode : new Mode[] {Mode.ALL, Mode.ANY}) {
      for (boolean aFirst : new boolean[] {true, false}) {
        makeTwo();
        FenceArray array = FenceArray.of(List.of(a, b), mode);
        trace.observe(
            "array_create",
            () ->
                Map.of(
                    "status", array.status(),
                    "is_array", number(array.kind() == FenceKind.ARRAY),
                    "first_is_a", number(array.members().getFirst() == a)));
        trace.answer("add_callback", () -> add(array, told));
        trace.answer("status", () -> signalOne(aFirst, array));
        trace.answer("status", () -> signalOne(!aFirst, array));
      }
    }
    makeTwo();
    context.signal(a);
    other.signal(b);
    FenceArray unasked = FenceArray.of(List.of(a, b), Mode.ALL);
    trace.answer("is_signaled", () -> number(unasked.isSignaled()));
    trace.answer("array_status", () -> failedArray(true, false));
    trace.answer("array_status", () -> failedArray(false, false));
    trace.answer("array_status", () -> failedArray(true, true));
    FenceArray one = FenceArray.of(List.of(context.create(), context.create()), Mode.ALL);
    trace.answer("match_context", () -> number(one.matchesContext(context.id())));
    trace.answer("match_context", () -> number(one.matchesContext(other.id())));
    trace.answer("match_context_plain", () -> number(a.matchesContext(context.id())));
    trace.ends();
  }

  private int signalOne(boolean first, FenceArray array) {
    if (first) {
      context.signal(a);
    } else {
      other.signal(b);
    }
    return status(array);
  }

  private int failedArray(boolean enabled, boolean before) {
    makeTwo();
    if (before) {
      other.fail(b, Errno.EIO);
    }
    FenceArray array = FenceArray.of(List.of(a, b), Mode.ALL);
    if (enabled) {
      array.enableSignaling();
    }
    other.fail(b, Errno.EIO);
    if (enabled && !before) {
      context.fail(a, Errno.ETIMEDOUT);
    } else {
      context.signal(a);
    }
    return status(array);
  }

  @Test
  @Row({"N6", "K/4"})
  void kUnwrap() {
    trace = KernelTrace.of("k.unwrap");
    FenceContext third = framework.contexts().open("oracle", "three");
    DmaFence c = third.create();
    trace.observe("merge", () -> Map.of("same", number(merge(a) == a)));
    trace.observe("merge", () -> Map.of("same", number(merge(a, a) == a)));
    trace.observe(
        "merge",
        () -> {
          FenceArray all = (FenceArray) merge(c, b, a);
          assertThat(all.members()).containsExactly(a, b, c);
          return Map.of(
              "is_array", 1, "num", all.members().size(), "order", "f0 first (context order)");
        });
    context.signal(a);
    trace.observe("merge", () -> Map.of("is_f1", number(merge(a, b) == b)));
    other.signal(b);
    trace.observe(
        "merge",
        () -> {
          DmaFence left = merge(a, b);
          return Map.of(
              "is_stub_like", number(left.kind() == FenceKind.STUB),
              "is_f0", number(left == a),
              "is_f1", number(left == b),
              "status", left.status());
        });
    trace.ends();
    third.close();
  }

  private static DmaFence merge(DmaFence... fences) {
    return FenceUnwrap.merge(List.of(fences));
  }
}
